import { declare, type OptionsOf } from "../../options/declare.js";
import { count, number } from "../../options/kinds.js";
import { SCHEDULE, type Schedule, scheduleOf } from "./schedule.js";
import { warmedUp } from "./warmup.js";

const LINEAR_WARMUP = declare(
  "linearWarmup",
  {
    /** Steps of the warm-up, a whole number ≥ 1. */
    steps: count({ required: true, aka: ["warmupSteps", "totalIters"] }),
    /** Where it begins, as a fraction of schedule(0), from 0 to 1. Default 1/3. */
    start: number({ default: 1 / 3, min: 0, max: 1, aka: ["startFactor"] }),
  },
  { schedule: SCHEDULE },
);

export interface LinearWarmupOptions extends OptionsOf<typeof LINEAR_WARMUP> {}

/**
 * A straight line up to another schedule's first rate, then that schedule from its step 0 on:
 * lr(t) = schedule(0) · (start + (1 − start) · t / steps) for t < steps, else schedule(t − steps). PyTorch's LinearLR, followed by
 * another in a SequentialLR. A warm-up from 0, as courses draw it, has start 0: its first step changes nothing.
 * @param schedule what follows the warm-up: a schedule, or a number for a constant rate
 * @throws ArgumentError
 * @example linearWarmup(cosineDecay(1e-3, { steps: 9000 }), { steps: 1000, start: 0.1 });
 */
export function linearWarmup(schedule: Schedule | number, options: LinearWarmupOptions): Schedule;
export function linearWarmup(...args: unknown[]): Schedule {
  const { schedule, steps, start } = LINEAR_WARMUP.read(args);
  return warmedUp(scheduleOf(schedule), steps, (step) => start + ((1 - start) * step) / steps);
}
