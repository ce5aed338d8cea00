import { count, number } from "../../options/kinds.js";
import { type OptionSpec, option } from "../../options/option.js";
import type { OptimizerOptions, ParameterGroup } from "../group.js";
import type { Lowering } from "./lowered.js";

/**
 * The learning rate at an optimizer's step 0, 1, 2, …: a pure function, so that a resumed run continues on it. The
 * module's functions make some; any other `(step) => number` will do.
 */
export interface Schedule {
  (step: number): number;
  /** The momentum at a step, for a schedule that moves it along with the rate: see `withMomentum`. */
  readonly momentum?: (step: number) => number;
  /** @internal of a schedule that was lowered the one of before, and by how much */
  readonly lowered?: { readonly schedule: Schedule; readonly by: Lowering };
  /** @internal sets the momentum of a group before a step */
  readonly follow?: (group: ParameterGroup<OptimizerOptions>, step: number) => void;
}

/** The rate that a schedule begins with, or comes down from. */
export const RATE = number({ required: true, min: 0, aka: ["learningRate", "lr", "initialLearningRate", "baseLr", "maxLr"] });

/** How many steps a schedule takes. */
export const STEPS = count({ required: true, aka: ["totalIters", "decaySteps", "tMax", "totalSteps", "T"] });

/** The least rate. */
export const MINIMUM = number({ default: 0, min: 0, aka: ["etaMin", "alpha", "min", "endLearningRate"] });

/** A factor per step or drop. */
export const GAMMA = number({ required: true, above: 0, aka: ["factor", "decayRate"] });

/** Another schedule, or a number for a constant rate. */
export const SCHEDULE = option<Schedule | number, { required: true }>("a function of the step, or a number ≥ 0", isSchedule, {
  required: true,
});

/** Several of them. */
export const SCHEDULES = option<readonly (Schedule | number)[], { required: true }>(
  "an array of schedules, functions of the step or numbers ≥ 0",
  (value) => Array.isArray(value) && value.length > 0 && value.every(isSchedule),
  { required: true },
);

/** Steps at which something changes, in any order. */
export const MILESTONES = wholeNumbers({ required: true, aka: ["boundaries"] });

function wholeNumbers<const S extends OptionSpec<readonly number[]> & { required: true }>(spec: S) {
  const holds = (value: unknown): boolean => Array.isArray(value) && value.every((step) => Number.isSafeInteger(step) && step >= 0);
  return option<readonly number[], S>("an array of whole numbers ≥ 0", holds, spec);
}

function isSchedule(value: unknown): boolean {
  return typeof value === "function" || (typeof value === "number" && value >= 0 && value < Infinity);
}

/** A number is the schedule that is always that number. */
export function scheduleOf(schedule: Schedule | number): Schedule {
  return typeof schedule === "function" ? schedule : () => schedule;
}

/** The number of milestones that a step has reached. */
export function reached(milestones: readonly number[], step: number): number {
  let count = 0;
  for (let i = 0; i < milestones.length; i++) if (milestones[i] <= step) count++;
  return count;
}
