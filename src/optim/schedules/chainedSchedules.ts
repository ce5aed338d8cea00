import { declare } from "../../options/declare.js";
import { moving } from "./momentum.js";
import { SCHEDULES, type Schedule, scheduleOf } from "./schedule.js";

const CHAINED_SCHEDULES = declare("chainedSchedules", {}, { schedules: SCHEDULES });

/**
 * Schedules that work at the same time: lr(t) = schedule₁(t) · schedule₂(t) · …. One of them has the rate; the others begin at 1, and are
 * factors. PyTorch's ChainedScheduler, whose parts all have the rate of the optimizer. Of the momentum the last one that moves it tells.
 * @param schedules functions of the step, or numbers; at least one
 * @throws ArgumentError
 * @example chainedSchedules([exponentialDecay(0.1, { gamma: 0.999 }), constantRate(1, { steps: 100, factor: 0.1 })]);
 */
export function chainedSchedules(schedules: readonly (Schedule | number)[]): Schedule;
export function chainedSchedules(...args: unknown[]): Schedule {
  const parts = CHAINED_SCHEDULES.read(args).schedules.map(scheduleOf);
  const momentum = [...parts].reverse().find((part) => part.momentum !== undefined)?.momentum;
  return moving((step) => parts.reduce((product, part) => product * part(step), 1), momentum);
}
