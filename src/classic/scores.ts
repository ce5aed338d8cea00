import { exp } from "../optim/schedules/exact.js";
import type { Tensor } from "../tensor/tensor.js";
import { asTensor } from "./samples.js";

/** The column of the greatest number in each row of [n, width], [n], int32. */
export function argmaxOfRows(values: Float64Array, n: number, width: number): Tensor {
  const found = Int32Array.from({ length: n }, (_, i) => indexOfGreatest(values.subarray(i * width, (i + 1) * width)));
  return asTensor(found, [n], "int32");
}

/** Where the greatest number stands, of equal ones the first. */
export function indexOfGreatest(values: Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** Probabilities from logarithms that lack a constant in each row: the softmax of [n, width]. */
export function sharesOfRows(logs: Float64Array, n: number, width: number): Float64Array {
  const out = new Float64Array(logs.length);
  for (let i = 0; i < n; i++) {
    let greatest = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < width; c++) greatest = Math.max(greatest, logs[i * width + c]);
    let sum = 0;
    for (let c = 0; c < width; c++) sum += out[i * width + c] = exp(logs[i * width + c] - greatest);
    for (let c = 0; c < width; c++) out[i * width + c] /= sum;
  }
  return out;
}
