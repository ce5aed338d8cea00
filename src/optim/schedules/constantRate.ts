import { declare } from "../../options/declare.js";
import { RATE, type Schedule } from "./schedule.js";

const CONSTANT_RATE = declare("constantRate", {}, { rate: RATE });

/**
 * One rate at all steps.
 * @param rate finite number ≥ 0
 * @throws ArgumentError
 * @example new SGD(params, { learningRate: constantRate(0.1) });
 */
export function constantRate(rate: number): Schedule;
export function constantRate(...args: unknown[]): Schedule {
  const { rate } = CONSTANT_RATE.read(args);
  return () => rate;
}
