import { declare, type OptionsOf } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import { RATE, type Schedule } from "./schedule.js";

const CONSTANT_RATE = declare(
  "constantRate",
  {
    /** Steps in which only a part of the rate is used, a whole number ≥ 0. Default 0. */
    steps: number({ default: 0, min: 0, whole: true, aka: ["totalIters"] }),
    /** That part, from 0 to 1. Default 1/3. */
    factor: number({ default: 1 / 3, min: 0, max: 1 }),
  },
  { rate: RATE },
);

export interface ConstantRateOptions extends OptionsOf<typeof CONSTANT_RATE> {}

/**
 * One rate at all steps, or a part of it at the first: lr(t) = rate · factor for t < steps, else rate. With steps 5 it is PyTorch's
 * ConstantLR as it stands by default.
 * @param rate finite number ≥ 0
 * @throws ArgumentError
 * @example new SGD(params, { learningRate: constantRate(0.1) });
 */
export function constantRate(rate: number, options?: ConstantRateOptions): Schedule;
export function constantRate(...args: unknown[]): Schedule {
  const { rate, steps, factor } = CONSTANT_RATE.read(args);
  return (step) => (step < steps ? rate * factor : rate);
}
