import { declare, type OptionsOf } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import { realPower } from "./realPower.js";
import { GAMMA, RATE, type Schedule } from "./schedule.js";

const EXPONENTIAL_DECAY = declare(
  "exponentialDecay",
  {
    /** The factor γ > 0. */
    gamma: GAMMA,
    /** Steps for one factor γ, > 0. Default 1. */
    steps: number({ default: 1, above: 0, aka: ["decaySteps"] }),
  },
  { rate: RATE },
);

export interface ExponentialDecayOptions extends OptionsOf<typeof EXPONENTIAL_DECAY> {}

/**
 * A drop by a factor at every step, or in some steps: lr(t) = rate · γ^(t / steps). PyTorch's ExponentialLR, which has no `steps`; Keras'
 * ExponentialDecay. Courses write e^(−k·t), which is γ = e^(−k), and 0.1^(t / s), which is γ = 0.1 in s steps.
 * @param rate at step 0
 * @throws ArgumentError
 * @example exponentialDecay(0.1, { gamma: 0.999 });
 */
export function exponentialDecay(rate: number, options: ExponentialDecayOptions): Schedule;
export function exponentialDecay(...args: unknown[]): Schedule {
  const { rate, gamma, steps } = EXPONENTIAL_DECAY.read(args);
  return (step) => rate * realPower(gamma, step / steps);
}
