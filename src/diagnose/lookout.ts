import { type Interval, readInterval } from "../train/interval.js";

/** Steps between two looks, at least: a look costs up to three steps. */
const APART = 400;
/** The second look, in trainings that are not short: those have one after the first step and one at the end. */
const SECOND = 30;
const SHORT = 200;
/** Steps after the last look at which there is another one at the end of the training. */
const AT_END = 10;

/** Where a training stands. */
export interface Standing {
  /** Number of the step, from 1. */
  readonly step: number;
  /** The step that was looked at last; 0: none. */
  readonly last: number;
  /** The steps of the whole training; null: unknown. */
  readonly steps: number | null;
  /** What the step ends. */
  readonly ends: "nothing" | "epoch" | "training";
}

/** Says after which steps a training is looked at. It goes by their number alone, so that every run is looked at alike. */
export class Lookout {
  readonly #every: Interval | null;

  /** @param every "auto", "100 steps", "1 epoch" or a number of steps */
  constructor(every: number | string) {
    this.#every = readInterval(every);
  }

  isDue({ step, last, steps, ends }: Standing): boolean {
    if (step === 1) return last === 0;
    if (this.#every?.unit === "step") return step % this.#every.count === 0;
    if (this.#every?.unit === "epoch") return ends !== "nothing";
    if (ends === "training") return step - last >= AT_END;
    if (step === SECOND) return steps === null || steps >= SHORT;
    return step - last >= (ends === "epoch" ? APART : 2 * Math.max(APART, last));
  }

  /** Whether a training that has ended, perhaps by itself, is looked at once more: a short one would be judged by its beginning. */
  isDueAtEnd(step: number, last: number): boolean {
    return step - last >= AT_END;
  }
}
