import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { Optimizer } from "../optim/optimizer.js";
import { lowered } from "../optim/schedules/lowered.js";
import type { Schedule } from "../optim/schedules/schedule.js";

/**
 * Sets the rate of the next step. Groups with a rate of their own keep its ratio to the others'. A schedule is multiplied as a whole, so that it
 * keeps its course.
 * @param rate of the first group, > 0
 * @throws ArgumentError where a schedule is 0 at the next step, which no factor changes
 */
export function setRate(optimizer: Optimizer, rate: number): void {
  const { groups, stepCount, currentLearningRate: now } = optimizer;
  const first = groups[0]?.learningRate ?? optimizer.learningRate;
  if (now === 0 && typeof first === "function") {
    const problem = `the schedule's rate is 0 at step ${stepCount}, and a factor makes nothing of it`;
    throw new ArgumentError(message("setRate", problem, "Set it at a step at which the schedule is above 0."));
  }
  const factor = now === 0 ? 1 : rate / now;
  // The same number comes out as it was given, not rounded twice.
  const next = (old: number | Schedule): number | Schedule =>
    typeof old === "function" ? multiplied(old, factor) : old === now ? rate : old * factor;
  // The optimizer's rate is that of all groups that have none of their own.
  optimizer.learningRate = next(optimizer.learningRate);
  for (const group of groups) if (group.ownsRate) group.learningRate = next(group.learningRate);
}

/** A schedule times a factor. One that was multiplied before gets the product, so that no change makes the next step slower. */
function multiplied(schedule: Schedule, factor: number): Schedule {
  const { lowered: before } = schedule;
  if (before === undefined || before.by.least > 0) return lowered(schedule, { factor, least: 0 });
  return lowered(before.schedule, { factor: before.by.factor * factor, least: 0 });
}
