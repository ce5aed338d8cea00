import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Batch } from "./data.js";

/** @throws ArgumentError unless each is a finite number ≥ 0 */
export function checkSampleWeights(op: string, weight: Tensor): void {
  const weights = weight.view();
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] >= 0 && weights[i] < Infinity) continue;
    throw new ArgumentError(message(op, `the weight of sample ${i} is ${weights[i]}; expected a finite number ≥ 0`));
  }
}

/** @throws ArgumentError where every sample of the data weighs 0 */
export function requireSomeWeight(op: string, { weight }: Batch): void {
  const weights = [weight ?? []].flat();
  if (weights.length === 0 || weights.some((one) => one.size === 0 || (one.view() as Float32Array).some((value) => value > 0))) return;
  throw new ArgumentError(
    message(op, `each of the ${weights[0].size} samples has weight 0, so nothing counts`, "Leave weight out, or give some sample more."),
  );
}
