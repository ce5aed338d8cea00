import { number } from "../../options/kinds.js";
import { option } from "../../options/option.js";

/**
 * The learning rate at an optimizer's step 0, 1, 2, …: a pure function, so that a resumed run continues on it. The
 * module's functions make some; any other `(step) => number` will do.
 */
export type Schedule = (step: number) => number;

/** The rate that a schedule begins with, or comes down from. */
export const RATE = number({ required: true, min: 0, aka: ["learningRate", "lr", "initialLearningRate"] });

/** Another schedule, or a number for a constant rate. */
export const SCHEDULE = option<Schedule | number, { required: true }>(
  "a function of the step, or a number ≥ 0",
  (value) => typeof value === "function" || (typeof value === "number" && value >= 0 && value < Infinity),
  { required: true },
);

/** A number is the schedule that is always that number. */
export function scheduleOf(schedule: Schedule | number): Schedule {
  return typeof schedule === "function" ? schedule : () => schedule;
}
