import { declare } from "../../options/declare.js";
import { callable } from "../../options/kinds.js";
import { moving } from "./momentum.js";
import { SCHEDULE, type Schedule, scheduleOf } from "./schedule.js";

const momentum = callable<(step: number) => number>()("a function of the step", { required: true });
const WITH_MOMENTUM = declare("withMomentum", {}, { schedule: SCHEDULE, momentum });

/**
 * A schedule that moves the optimizer's momentum along: at every step the optimizer takes it over as its option `momentum`, or as `beta1`
 * where it has no momentum. One that is written with tensors is then not replayed in captured steps.
 * @param schedule the rates, or a number for a constant rate
 * @param momentum a pure function of the step 0, 1, 2, …
 * @throws ArgumentError; at a step, if the optimizer has neither option, or for a value outside its range
 * @example withMomentum(0.1, linearDecay(0.95, { steps: 1000, end: 0.9 }));
 */
export function withMomentum(schedule: Schedule | number, momentum: (step: number) => number): Schedule;
export function withMomentum(...args: unknown[]): Schedule {
  const { schedule, momentum } = WITH_MOMENTUM.read(args);
  return moving(scheduleOf(schedule), momentum);
}
