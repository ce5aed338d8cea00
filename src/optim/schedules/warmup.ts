import { moving } from "./momentum.js";
import type { Schedule } from "./schedule.js";

/** A part of a schedule's first rate that grows, then the schedule from its step 0 on. @param part of the way that is done, from 0 to below 1 */
export function warmedUp(after: Schedule, steps: number, part: (step: number) => number): Schedule {
  const { momentum } = after;
  return moving(
    (step) => (step < steps ? after(0) * part(step) : after(step - steps)),
    momentum && ((step) => momentum(Math.max(0, step - steps))),
  );
}
