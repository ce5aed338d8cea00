import { type Interval, readInterval } from "../train/interval.js";

/** Steps between two looks, at least: a look costs about as much as four steps. */
const APART = 150;
/** The second look, so that a short training has one, too. */
const SECOND = 30;

/** Says after which steps a training is looked at. It goes by their number alone, so that every run is looked at alike. */
export class Lookout {
  readonly #every: Interval | null;

  /** @param every "auto", "100 steps", "1 epoch" or a number of steps */
  constructor(every: number | string) {
    this.#every = readInterval(every);
  }

  /**
   * @param step number of the step, from 1
   * @param last the step that was looked at last; 0: none
   * @param ends whether the step is the last one of an epoch
   */
  isDue(step: number, last: number, ends: boolean): boolean {
    if (step <= last) return false;
    const every = this.#every;
    if (every?.unit === "step") return step === 1 || step % every.count === 0;
    if (every?.unit === "epoch") return step === 1 || ends;
    return step === 1 || step === SECOND || (ends && step - last >= APART) || step >= 2 * Math.max(last, APART);
  }
}
