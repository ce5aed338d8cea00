import { declare, type OptionsOf } from "../../options/declare.js";
import { count, number } from "../../options/kinds.js";
import { realPower } from "./realPower.js";
import { SCHEDULE, type Schedule, scheduleOf } from "./schedule.js";
import { warmedUp } from "./warmup.js";

const EXPONENTIAL_WARMUP = declare(
  "exponentialWarmup",
  {
    /** Steps of the warm-up, a whole number ≥ 1. */
    steps: count({ required: true, aka: ["warmupSteps", "totalIters"] }),
    /** Where it begins, as a fraction of schedule(0), above 0 to 1. Default 0.01. */
    start: number({ default: 0.01, above: 0, max: 1, aka: ["startFactor"] }),
  },
  { schedule: SCHEDULE },
);

export interface ExponentialWarmupOptions extends OptionsOf<typeof EXPONENTIAL_WARMUP> {}

/**
 * The same factor at every step, up to another schedule's first rate, then that schedule from its step 0 on:
 * lr(t) = schedule(0) · start^(1 − t / steps) for t < steps, else schedule(t − steps).
 * @param schedule what follows the warm-up: a schedule, or a number for a constant rate
 * @throws ArgumentError
 * @example exponentialWarmup(cosineDecay(1e-3, { steps: 9000 }), { steps: 1000, start: 1e-3 });
 */
export function exponentialWarmup(schedule: Schedule | number, options: ExponentialWarmupOptions): Schedule;
export function exponentialWarmup(...args: unknown[]): Schedule {
  const { schedule, steps, start } = EXPONENTIAL_WARMUP.read(args);
  return warmedUp(scheduleOf(schedule), steps, (step) => realPower(start, (steps - step) / steps));
}
