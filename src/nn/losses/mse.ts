import { checkOptions } from "../../errors/check.js";
import { squaredError } from "../../ops/losses.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type LossOptions, paired } from "./reduction.js";

/**
 * Mean squared error (prediction − target)².
 * Shape:     prediction any, target the same → [], or that shape for reduction "none"
 * Gradient:  dprediction = g · 2(prediction − target) / n, dtarget the opposite
 * @param options.reduction "mean" over all elements (default), "sum" or "none"
 * @throws ShapeError if the shapes differ: losses never broadcast; ArgumentError
 * @example mse(tensor([1, 2]), tensor([1, 4]))   // 2
 */
export function mse(prediction: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  checkOptions("mse", options, ["reduction"]);
  const [x, y] = paired("mse", prediction, target, options.reduction);
  return squaredError(x, y, { reduction: options.reduction ?? "mean" });
}
