import { checkOptions } from "../../errors/check.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type LossOptions, paired, reduced } from "./reduction.js";

/**
 * Mean absolute error |prediction − target|, torch.nn.L1Loss.
 * Shape:     prediction any, target the same → [], or that shape for reduction "none"
 * Gradient:  dprediction = g · sign(prediction − target) / n (0 where they are equal), dtarget the opposite
 * @param options.reduction "mean" over all elements (default), "sum" or "none"
 * @throws ShapeError if the shapes differ: losses never broadcast; ArgumentError
 * @example mae(tensor([1, 2]), tensor([1, 4]))   // 1
 */
export function mae(prediction: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  checkOptions("mae", options, ["reduction"]);
  const [x, y] = paired("mae", prediction, target, options.reduction);
  return reduced(x.sub(y).abs(), options.reduction);
}
