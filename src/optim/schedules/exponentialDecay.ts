import { declare, type OptionsOf } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import { power } from "./exact.js";
import { RATE, type Schedule } from "./schedule.js";

const EXPONENTIAL_DECAY = declare(
  "exponentialDecay",
  {
    /** The factor γ > 0. */
    gamma: number({ required: true, above: 0, aka: ["factor", "decayRate"] }),
  },
  { rate: RATE },
);

export interface ExponentialDecayOptions extends OptionsOf<typeof EXPONENTIAL_DECAY> {}

/**
 * A drop by a factor at every step: lr(t) = rate · γᵗ. PyTorch's ExponentialLR.
 * @param rate at step 0
 * @throws ArgumentError
 * @example exponentialDecay(0.1, { gamma: 0.999 });
 */
export function exponentialDecay(rate: number, options: ExponentialDecayOptions): Schedule;
export function exponentialDecay(...args: unknown[]): Schedule {
  const { rate, gamma } = EXPONENTIAL_DECAY.read(args);
  return (step) => rate * power(gamma, step);
}
