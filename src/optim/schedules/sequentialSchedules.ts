import { declare, type OptionsOf } from "../../options/declare.js";
import { moving } from "./momentum.js";
import { checkMilestones } from "./piecewiseConstant.js";
import { MILESTONES, reached, SCHEDULES, type Schedule, scheduleOf } from "./schedule.js";

const SEQUENTIAL_SCHEDULES = declare(
  "sequentialSchedules",
  {
    /** The steps at which the next schedule begins, ascending whole numbers ≥ 0, one fewer than schedules. */
    milestones: MILESTONES,
  },
  { schedules: SCHEDULES },
);

export interface SequentialSchedulesOptions extends OptionsOf<typeof SEQUENTIAL_SCHEDULES> {}

/**
 * Schedules one after the other, each from its own step 0 on: lr(t) = scheduleₙ(t − milestoneₙ) with n the number of milestones ≤ t.
 * PyTorch's SequentialLR, with each schedule in its closed form. Where a schedule does not move the momentum, it stays where the one before
 * left it, or where the next one begins.
 * @param schedules functions of the step, or numbers, one more than milestones
 * @throws ArgumentError
 * @example sequentialSchedules([1e-4, oneCycle(0.1, { steps: 900 })], { milestones: [100] });
 */
export function sequentialSchedules(schedules: readonly (Schedule | number)[], options: SequentialSchedulesOptions): Schedule;
export function sequentialSchedules(...args: unknown[]): Schedule {
  const { schedules, milestones } = SEQUENTIAL_SCHEDULES.read(args);
  checkMilestones(SEQUENTIAL_SCHEDULES.op, "schedules", schedules, milestones);
  const parts = schedules.map(scheduleOf);
  const begin = (part: number): number => (part === 0 ? 0 : milestones[part - 1]);
  const movers = parts.flatMap((part, i) => (part.momentum === undefined ? [] : [i]));
  const momentum = (step: number): number => {
    const now = reached(milestones, step);
    const before = movers.filter((part) => part <= now);
    const part = before.length > 0 ? before[before.length - 1] : movers[0];
    const last = part < now ? milestones[part] - 1 : step;
    return parts[part].momentum?.(Math.max(0, last - begin(part))) as number;
  };
  const rate = (step: number): number => {
    const now = reached(milestones, step);
    return parts[now](step - begin(now));
  };
  return moving(rate, movers.length > 0 ? momentum : undefined);
}
