import { moving } from "./momentum.js";
import type { Schedule } from "./schedule.js";

/** How far a schedule is lowered: max(factor · rate, least). */
export interface Lowering {
  readonly factor: number;
  readonly least: number;
}

/** A schedule that is lowered as a whole. It remembers by how much, since that is no code, and is saved with the optimizer's state. */
export function lowered(schedule: Schedule, { factor, least }: Lowering): Schedule {
  const rate = moving((step) => Math.max(schedule(step) * factor, least), schedule.momentum);
  return Object.assign(rate, { lowered: { schedule, by: { factor, least } } });
}

/** How a schedule was lowered, from the first time on. */
export function loweringsOf(schedule: Schedule): Lowering[] {
  // Not taken apart among the parameters: the published declarations do not have the field.
  const { lowered } = schedule;
  return lowered === undefined ? [] : [...loweringsOf(lowered.schedule), lowered.by];
}

/** The schedule of before all lowerings, lowered in another way. */
export function loweredAnew(schedule: Schedule, lowerings: readonly Lowering[]): Schedule {
  if (schedule.lowered !== undefined) return loweredAnew(schedule.lowered.schedule, lowerings);
  return lowerings.reduce(lowered, schedule);
}
