import { declare } from "../../options/declare.js";
import { callable } from "../../options/kinds.js";
import { RATE, type Schedule } from "./schedule.js";

const factor = callable<(step: number) => number>()("a function of the step", { required: true, aka: ["lrLambda"] });
const LAMBDA_RATE = declare("lambdaRate", {}, { rate: RATE, factor });

/**
 * A rate times a function of the step: lr(t) = rate · factor(t). PyTorch's LambdaLR.
 * @param rate where the factor is 1
 * @param factor a pure function of the step 0, 1, 2, …
 * @throws ArgumentError
 * @example lambdaRate(0.1, (step) => 1 / (1 + step / 100));
 */
export function lambdaRate(rate: number, factor: (step: number) => number): Schedule;
export function lambdaRate(...args: unknown[]): Schedule {
  const { rate, factor } = LAMBDA_RATE.read(args);
  return (step) => rate * factor(step);
}
