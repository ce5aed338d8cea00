import pico from "picocolors";
import type { Model } from "../model/model.js";
import type { FitOptions } from "../model/options.js";
import { type Callback, LambdaCallback } from "../train/callbacks.js";
import { EarlyStopping } from "../train/earlyStopping.js";
import { ProgressBar } from "../train/progress.js";
import { RunBar } from "./bar.js";
import type { Interruption } from "./interrupt.js";
import { jsonLine } from "./output.js";

/** What all trainings of the command have in common. */
export interface Course {
  /** The name of the data set. */
  readonly dataset: string;
  readonly epochs: number;
  readonly seed: number;
  /** The file for the model. */
  readonly out: string;
  readonly json?: boolean;
  /** Epochs without improvement after which training ends; undefined: never. */
  readonly patience?: number;
}

/** The epochs without improvement of `--early-stopping` alone. */
const PATIENCE = 10;

/** What `--early-stopping` says. */
export function patienceOf({ earlyStopping }: { earlyStopping?: number | true }): number | undefined {
  return earlyStopping === true ? PATIENCE : earlyStopping;
}

/** The share of the samples that is watched. */
export function watchedShare({ validation, earlyStopping }: { validation?: number; earlyStopping?: number | true }): number {
  return validation ?? (earlyStopping === undefined ? 0 : 0.15);
}

/** What is trained. */
export interface Trainable {
  /** Trains with these options, beside its own. */
  fit(options: Pick<FitOptions, "epochs" | "callbacks" | "verbose" | "signal">): Promise<unknown>;
  save(file: string): Promise<void>;
}

/**
 * Trains with a bar of progress, or lines of JSON, and saves.
 * @returns the seconds that it took; null if it was interrupted, which it said: the model is then saved as trained so far
 */
export async function run(trainable: Trainable, course: Course, interruption: Interruption): Promise<number | null> {
  const { dataset, epochs, seed, out, json } = course;
  const start = performance.now();
  let done = 0;
  const epochLine = new LambdaCallback({
    onEpochEnd: (epoch, logs) => {
      done = epoch + 1;
      if (json) jsonLine({ event: "epoch", epoch: done, epochs, ...logs });
    },
  });
  const { signal } = interruption;
  const fitted = await interruption.guard(
    trainable.fit({ epochs, callbacks: [...stopping(course), epochLine, bar()], verbose: 0, signal }),
  );
  const seconds = (performance.now() - start) / 1000;
  await trainable.save(out);
  // The model is saved now, so Ctrl-C may end the program.
  interruption.dispose();
  if (fitted !== null) return seconds;
  process.stderr.write(`${pico.yellow("Interrupted")} in epoch ${done + 1} of ${epochs}; the model so far is saved in ${out}\n`);
  if (json) jsonLine({ event: "interrupted", dataset, epochs: done, model: out, seed, seconds });
  return null;
}

function stopping({ patience }: Course): Callback[] {
  return patience === undefined ? [] : [new EarlyStopping({ patience })];
}

/** What shows the progress of a training on stderr. */
function bar(): Callback {
  return process.stderr.isTTY ? new RunBar(process.stderr) : new ProgressBar(process.stderr);
}

/** The number of parameters of a model. */
export function countParameters(model: Model): number {
  return model.parameters().reduce((sum, { size }) => sum + size, 0);
}

/** How many epochs, in words. */
export function epochsText(count: number): string {
  return count === 1 ? "1 epoch" : `${count} epochs`;
}

/** A number with separators. */
export function amount(value: number): string {
  return value.toLocaleString("en");
}
