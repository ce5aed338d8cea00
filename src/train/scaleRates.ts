import { rateAt } from "../optim/group.js";
import type { Optimizer } from "../optim/optimizer.js";
import { lowered } from "../optim/schedules/lowered.js";
import type { Schedule } from "../optim/schedules/schedule.js";

/** How far rates are lowered. */
export interface RateReduction {
  readonly factor: number;
  /** The least rate: of all groups, or of each. */
  readonly minimum: number | readonly number[];
  /** A change that is not greater than this is left out. */
  readonly epsilon: number;
}

/** Multiplies the rate of every group. A schedule is multiplied as a whole, from its next step on. */
export function scaleRates(optimizer: Optimizer, { factor, minimum, epsilon }: RateReduction): void {
  const { groups, stepCount } = optimizer;
  const next = (rate: number | Schedule, least: number): number | Schedule => {
    const now = rateAt(rate, stepCount);
    if (now - Math.max(now * factor, least) <= epsilon) return rate;
    if (typeof rate === "number") return Math.max(rate * factor, least);
    return lowered(rate, { factor, least });
  };
  if (typeof minimum === "number") {
    // Sets the rate of all groups that have none of their own.
    optimizer.learningRate = next(optimizer.learningRate, minimum);
    for (const group of groups) if (group.ownsRate) group.learningRate = next(group.learningRate, minimum);
  } else for (const [i, group] of groups.entries()) group.learningRate = next(group.learningRate, minimum[i]);
}
