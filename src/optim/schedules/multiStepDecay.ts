import { declare, type OptionsOf } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import { power } from "./exact.js";
import { MILESTONES, RATE, reached, type Schedule } from "./schedule.js";

const MULTI_STEP_DECAY = declare(
  "multiStepDecay",
  {
    /** The steps of the drops, whole numbers ≥ 0; one that stands twice drops twice. */
    milestones: MILESTONES,
    /** The factor γ > 0. Default 0.1. */
    gamma: number({ default: 0.1, above: 0, aka: ["factor", "decayRate"] }),
  },
  { rate: RATE },
);

export interface MultiStepDecayOptions extends OptionsOf<typeof MULTI_STEP_DECAY> {}

/**
 * A drop by a factor at some steps: lr(t) = rate · γⁿ with n the number of milestones ≤ t. PyTorch's MultiStepLR.
 * @param rate before the first milestone
 * @throws ArgumentError
 * @example multiStepDecay(0.1, { milestones: [30, 60, 80] });
 */
export function multiStepDecay(rate: number, options: MultiStepDecayOptions): Schedule;
export function multiStepDecay(...args: unknown[]): Schedule {
  const { rate, milestones, gamma } = MULTI_STEP_DECAY.read(args);
  return (step) => rate * power(gamma, reached(milestones, step));
}
