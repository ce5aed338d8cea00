import { ArgumentError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { option } from "../../options/option.js";
import { MILESTONES, reached, type Schedule } from "./schedule.js";

const isRates = (value: unknown): boolean =>
  Array.isArray(value) && value.every((rate) => typeof rate === "number" && rate >= 0 && rate < Infinity);

const PIECEWISE_CONSTANT = declare(
  "piecewiseConstant",
  {
    /** The steps at which the next rate begins, ascending whole numbers ≥ 0, one fewer than rates. */
    milestones: MILESTONES,
  },
  { rates: option<readonly number[], { required: true }>("an array of numbers ≥ 0", isRates, { required: true }) },
);

export interface PiecewiseConstantOptions extends OptionsOf<typeof PIECEWISE_CONSTANT> {}

/**
 * Some rates, one after the other: lr(t) = ratesₙ with n the number of milestones ≤ t.
 *
 * The boundaries of Keras' PiecewiseConstantDecay are the last steps of a rate, milestones the first of the next one: they are greater by 1.
 * @param rates numbers ≥ 0, one more than milestones
 * @throws ArgumentError
 * @example piecewiseConstant([0.01, 0.005, 0.001], { milestones: [5, 15] });
 */
export function piecewiseConstant(rates: readonly number[], options: PiecewiseConstantOptions): Schedule;
export function piecewiseConstant(...args: unknown[]): Schedule {
  const { rates, milestones } = PIECEWISE_CONSTANT.read(args);
  checkMilestones(PIECEWISE_CONSTANT.op, "rates", rates, milestones);
  return (step) => rates[reached(milestones, step)];
}

/** @throws ArgumentError unless a milestone stands between any two of the parts, and they ascend */
export function checkMilestones(op: string, what: string, parts: readonly unknown[], milestones: readonly number[]): void {
  if (parts.length !== milestones.length + 1) {
    const found = `there are ${parts.length} ${what} and ${milestones.length} milestones`;
    throw new ArgumentError(message(op, `${found}; expected one milestone fewer`));
  }
  if (milestones.every((step, i) => i === 0 || step >= milestones[i - 1])) return;
  throw new ArgumentError(message(op, `milestones are ${milestones.join(", ")}; expected them to ascend`));
}
