import { declare, type OptionsOf } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import { RATE, type Schedule, STEPS } from "./schedule.js";

const LINEAR_DECAY = declare(
  "linearDecay",
  {
    /** Steps from start to end, a whole number ≥ 1. */
    steps: STEPS,
    /** The part of the rate at step 0, from 0 to 1. Default 1. */
    start: number({ default: 1, min: 0, max: 1, aka: ["startFactor"] }),
    /** The part of the rate from step `steps` on, from 0 to 1. Default 0. */
    end: number({ default: 0, min: 0, max: 1, aka: ["endFactor"] }),
  },
  { rate: RATE },
);

export interface LinearDecayOptions extends OptionsOf<typeof LINEAR_DECAY> {}

/**
 * A straight line: lr(t) = rate · (start + (end − start) · min(t, steps) / steps), by default rate · (1 − t / steps), then 0.
 *
 * PyTorch's LinearLR in its closed form. PyTorch's defaults, start 1/3 and end 1, make a warm-up of it: that is `linearWarmup`.
 * @param rate where the factor is 1
 * @throws ArgumentError
 * @example linearDecay(0.1, { steps: 10_000 });
 */
export function linearDecay(rate: number, options: LinearDecayOptions): Schedule;
export function linearDecay(...args: unknown[]): Schedule {
  const { rate, steps, start, end } = LINEAR_DECAY.read(args);
  return (step) => rate * (start + ((end - start) * Math.min(step, steps)) / steps);
}
