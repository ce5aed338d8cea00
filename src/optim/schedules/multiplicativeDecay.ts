import { declare } from "../../options/declare.js";
import { callable } from "../../options/kinds.js";
import { RATE, type Schedule } from "./schedule.js";

const factor = callable<(step: number) => number>()("a function of the step", { required: true, aka: ["lrLambda"] });
const MULTIPLICATIVE_DECAY = declare("multiplicativeDecay", {}, { rate: RATE, factor });

/**
 * A factor for every step, which stays: lr(t) = rate · factor(1) · factor(2) · … · factor(t). PyTorch's MultiplicativeLR.
 * @param rate at step 0
 * @param factor a pure function of the step 1, 2, …
 * @throws ArgumentError
 * @example multiplicativeDecay(0.1, (step) => (step % 100 === 0 ? 0.9 : 1));
 */
export function multiplicativeDecay(rate: number, factor: (step: number) => number): Schedule;
export function multiplicativeDecay(...args: unknown[]): Schedule {
  const { rate, factor } = MULTIPLICATIVE_DECAY.read(args);
  // The products up to the greatest step that was asked for: a step then costs one product more.
  const rates = [rate];
  return (step) => {
    for (let t = rates.length; t <= step; t++) rates.push(rates[t - 1] * factor(t));
    return rates[step];
  };
}
