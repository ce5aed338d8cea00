import { ArgumentError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import type { OptimizerOptions, ParameterGroup } from "../group.js";
import type { Schedule } from "./schedule.js";

/** A schedule that moves the momentum along, if there is one to move. */
export function moving(rate: Schedule, momentum: Schedule["momentum"]): Schedule {
  if (momentum === undefined) return rate;
  return Object.assign((step: number) => rate(step), {
    momentum,
    follow: (group: ParameterGroup<OptimizerOptions>, step: number) => follow(group, momentum(step)),
  });
}

/** What a schedule becomes where its steps are counted in another way. */
export function along(schedule: Schedule, stepOf: (step: number) => number): Schedule {
  const { momentum } = schedule;
  return moving((step) => schedule(stepOf(step)), momentum && ((step) => momentum(stepOf(step))));
}

/** Sets the momentum of a group. @throws ArgumentError if its optimizer has none, or it is outside its range */
function follow(group: ParameterGroup<OptimizerOptions>, momentum: number): void {
  const settings = group.settings as Record<string, unknown>;
  const name = ["momentum", "beta1"].find((one) => one in settings);
  if (name === undefined) {
    const problem = "the learning rate's schedule moves a momentum, and this optimizer has neither momentum nor beta1";
    throw new ArgumentError(message("step", problem, "Write cycleMomentum: false."));
  }
  if (settings[name] !== momentum) group.change(name, momentum);
}
