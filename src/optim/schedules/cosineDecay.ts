import { declare, type OptionsOf } from "../../options/declare.js";
import { cosPi } from "./exact.js";
import { MINIMUM, RATE, type Schedule, STEPS } from "./schedule.js";

const COSINE_DECAY = declare(
  "cosineDecay",
  {
    /** Steps to the minimum, a whole number ≥ 1. */
    steps: STEPS,
    /** The least rate, ≥ 0. Default 0. */
    minimum: MINIMUM,
  },
  { rate: RATE },
);

export interface CosineDecayOptions extends OptionsOf<typeof COSINE_DECAY> {}

/**
 * Half a cosine from the rate down to the minimum: lr(t) = minimum + (rate − minimum) · (1 + cos(π t / steps)) / 2.
 * PyTorch's CosineAnnealingLR in its closed form: beyond `steps` it rises again. (Loshchilov, Hutter, arXiv 1608.03983,
 * without restarts.)
 * @param rate at step 0
 * @throws ArgumentError
 * @example cosineDecay(0.1, { steps: 10_000 });
 */
export function cosineDecay(rate: number, options: CosineDecayOptions): Schedule;
export function cosineDecay(...args: unknown[]): Schedule {
  const { rate, steps, minimum } = COSINE_DECAY.read(args);
  return (step) => minimum + ((rate - minimum) * (1 + cosPi(step, steps))) / 2;
}
