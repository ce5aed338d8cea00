import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import type { Callback, TrainingContext } from "../train/callbacks.js";
import { meanOf } from "./scores.js";

/** How a trial ended: with a value, early for lack of promise, or with an error or a value that is no number. */
export type TrialStatus = "done" | "pruned" | "failed";

/** Figures of earlier trials, step by step, with which a trial is compared. */
export interface Rivals {
  /** 1: more is better, −1: less is. */
  readonly sign: 1 | -1;
  readonly reports: readonly (readonly number[])[];
}

/** Earlier trials that a trial is compared with, at least. */
const ENOUGH = 4;

/** What an objective is told beside the hyper-parameters. */
export class Trial {
  /** The figures reported so far. */
  readonly reports: number[] = [];
  #best = Number.NEGATIVE_INFINITY;
  /** Whether the trial was told to stop. */
  pruned = false;

  /** @internal */
  constructor(
    /** The trial's number, from 0. */
    readonly number: number,
    /** The seed in force when the objective is called. */
    readonly seed: number,
    /** How much the trial may spend, such as epochs: what successive halving deals out; 1 in other searches. */
    readonly budget: number,
    private readonly rivals: Rivals | null,
  ) {}

  /**
   * Tells how far the trial is: once an epoch, say.
   * @param value the figure that the search is about
   * @returns whether to stop, because the best figure so far is worse than the median of what earlier trials had at this step (Golovin et
   *   al., Google Vizier, KDD 2017); never unless the search was told to `prune`
   * @throws ArgumentError for anything but a number
   */
  report(value: number): boolean {
    if (typeof value !== "number") throw new ArgumentError(message("report", `the figure is ${kindText(value)}; expected a number`));
    this.reports.push(value);
    if (this.rivals === null) return false;
    const { sign, reports } = this.rivals;
    this.#best = Math.max(this.#best, Number.isNaN(value) ? Number.NEGATIVE_INFINITY : sign * value);
    const step = this.reports.length;
    const others = reports.filter((figures) => figures.length >= step).map((figures) => sign * meanOf(figures.slice(0, step)));
    if (others.length >= ENOUGH && this.#best < medianOf(others)) this.pruned = true;
    return this.pruned;
  }

  /**
   * A callback for `fit` that reports a figure after every epoch and ends training when the trial is to stop.
   * @param monitor the figure, such as "valLoss"
   * @throws ArgumentError, when training begins, if there is no such figure
   * @example await model.fit(train, { epochs: 20, validationData, callbacks: [trial.callback("valLoss")] })
   */
  callback(monitor: string): Callback {
    let context: TrainingContext | null = null;
    return {
      onTrainBegin: (found) => {
        if (!found.figures.includes(monitor)) {
          const problem = `there is no figure "${monitor}"; the training has ${found.figures.join(", ")}`;
          throw new ArgumentError(message("trial.callback", problem));
        }
        context = found;
      },
      onEpochEnd: (_, logs) => {
        if (this.report(logs[monitor])) context?.stop();
      },
    };
  }
}

function medianOf(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
