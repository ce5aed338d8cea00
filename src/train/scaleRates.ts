import { rateAt } from "../optim/group.js";
import type { Optimizer } from "../optim/optimizer.js";
import { moving } from "../optim/schedules/momentum.js";
import type { Schedule } from "../optim/schedules/schedule.js";

/** How far rates are lowered. */
export interface Lowering {
  readonly factor: number;
  /** The least rate: of all groups, or of each. */
  readonly minimum: number | readonly number[];
  /** A change that is not greater than this is left out. */
  readonly epsilon: number;
}

/** Multiplies the rate of every group. A schedule is multiplied as a whole, from its next step on. */
export function scaleRates(optimizer: Optimizer, { factor, minimum, epsilon }: Lowering): void {
  const { groups, stepCount } = optimizer;
  const lowered = (rate: number | Schedule, least: number): number | Schedule => {
    const now = rateAt(rate, stepCount);
    if (now - Math.max(now * factor, least) <= epsilon) return rate;
    return typeof rate === "number" ? Math.max(rate * factor, least) : times(rate, factor, least);
  };
  if (typeof minimum === "number") {
    // Sets the rate of all groups that have none of their own.
    optimizer.learningRate = lowered(optimizer.learningRate, minimum);
    for (const group of groups) if (group.ownsRate) group.learningRate = lowered(group.learningRate, minimum);
  } else for (const [i, group] of groups.entries()) group.learningRate = lowered(group.learningRate, minimum[i]);
}

/** Multiplies those rates only that are schedules. */
export function scaleSchedules(optimizer: Optimizer, factor: number): void {
  const { learningRate, groups } = optimizer;
  if (factor === 1) return;
  if (typeof learningRate !== "number") optimizer.learningRate = times(learningRate, factor);
  for (const group of groups)
    if (group.ownsRate && typeof group.learningRate !== "number") group.learningRate = times(group.learningRate, factor);
}

function times(rate: Schedule, factor: number, least = 0): Schedule {
  return moving((step) => Math.max(rate(step) * factor, least), rate.momentum);
}
