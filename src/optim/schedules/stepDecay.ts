import { declare, type OptionsOf } from "../../options/declare.js";
import { count, number } from "../../options/kinds.js";
import { power } from "./exact.js";
import { RATE, type Schedule } from "./schedule.js";

const STEP_DECAY = declare(
  "stepDecay",
  {
    /** Steps between two drops, a whole number ≥ 1. */
    stepSize: count({ required: true, aka: ["decaySteps", "every", "period"] }),
    /** The factor γ > 0. Default 0.1. */
    gamma: number({ default: 0.1, above: 0, aka: ["factor", "decayRate"] }),
  },
  { rate: RATE },
);

export interface StepDecayOptions extends OptionsOf<typeof STEP_DECAY> {}

/**
 * A drop by a factor at every `stepSize` steps: lr(t) = rate · γ^⌊t / stepSize⌋. PyTorch's StepLR.
 * @param rate at step 0
 * @throws ArgumentError
 * @example stepDecay(0.1, { stepSize: 1000, gamma: 0.5 });
 */
export function stepDecay(rate: number, options: StepDecayOptions): Schedule;
export function stepDecay(...args: unknown[]): Schedule {
  const { rate, stepSize, gamma } = STEP_DECAY.read(args);
  return (step) => rate * power(gamma, Math.floor(step / stepSize));
}
