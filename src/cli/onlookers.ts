import { join } from "node:path";
import pico from "picocolors";
import { Diagnosis } from "../diagnose/diagnosis.js";
import { findingsText } from "../diagnose/told.js";
import type { Model } from "../model/model.js";
import type { AnyTable } from "../tables/columns.js";
import type { TableModel } from "../tables/tableModel.js";
import { type Callback, LambdaCallback, type TrainingContext } from "../train/callbacks.js";
import type { TrainingData } from "../train/data.js";
import { historyOf } from "../train/history.js";
import { jsonLine, print } from "./output.js";
import type { TrainOptions } from "./trainOptions.js";

/** The options that ask for somebody who looks on. */
export type OnlookerOptions = Pick<TrainOptions, "diagnose" | "report" | "ui" | "tensorboard" | "json"> & { readonly dataset: string };

/** What a report needs beside the training. */
export interface Subject {
  readonly model: Model | TableModel;
  /** What the model is tested on, of a model of tables a table; none: it is not. */
  readonly data?: TrainingData | AnyTable;
  readonly classNames?: readonly string[];
  /** The number of samples that are shown among those that the model is most wrong about. */
  readonly worst?: number;
}

/** Who looks on while a model trains: --diagnose, --report, --ui, --tensorboard. Each is loaded only where it is asked for. */
export class Onlookers {
  private constructor(
    readonly callbacks: readonly Callback[],
    /** Writes the report; null: nobody asked for one. */
    private readonly writeReport: ((subject: Subject) => Promise<void>) | null,
  ) {}

  static async of({ dataset, diagnose, report: file, ui, tensorboard, json }: OnlookerOptions): Promise<Onlookers> {
    const callbacks: Callback[] = [];
    let writeReport: ((subject: Subject) => Promise<void>) | null = null;
    // A report and a page show what a diagnosis found.
    if (diagnose || file !== undefined || ui) callbacks.push(new Diagnosis());
    if (diagnose) callbacks.push(teller(json ?? false));
    if (tensorboard !== undefined) {
      const { TensorBoard } = await import("../tensorboard/tensorBoard.js");
      callbacks.push(new TensorBoard(join(tensorboard, `${dataset}-${timeText(new Date())}`)));
    }
    if (ui) {
      const { Dashboard } = await import("../dashboard/dashboard.js");
      callbacks.push(new Dashboard({ name: dataset }));
    }
    if (file !== undefined) {
      const [{ RunRecorder }, { report }] = await Promise.all([import("../report/recorder.js"), import("../report/report.js")]);
      const recorder = new RunRecorder({ name: dataset });
      callbacks.push(recorder);
      writeReport = async ({ model, ...rest }) => {
        await (await report(recorder.run, model, rest)).save(file);
        if (!json) print(`the report is in ${pico.bold(file)}`);
      };
    }
    return new Onlookers(callbacks, writeReport);
  }

  /** Writes what they saw. */
  async end(subject: Subject): Promise<void> {
    await this.writeReport?.(subject);
  }

  /** Writes what they saw of a training that failed or was interrupted. The model is not tested. */
  async cutShort(subject: () => Subject): Promise<void> {
    try {
      await this.writeReport?.({ model: subject().model });
    } catch {
      // What made the training fail may make this fail, too; the first error is the one to tell.
    }
  }
}

/** Tells the findings when training ends, however it does. Where no bar is drawn, the diagnosis tells them itself. */
function teller(json: boolean): Callback {
  let context: TrainingContext | null = null;
  return new LambdaCallback({
    onTrainBegin: (given) => {
      context = given;
    },
    onTrainEnd: () => {
      const history = context === null ? null : historyOf(context);
      if (history === null) return;
      const { findings } = history;
      if (json) jsonLine({ event: "findings", findings });
      else if (process.stderr.isTTY) process.stderr.write(`\n${findingsText(findings)}\n`);
    },
  });
}

/** "2026-03-01T12-30-05": may stand in the name of a folder, and sorts by time. */
function timeText(time: Date): string {
  return time.toISOString().slice(0, 19).replaceAll(":", "-");
}
