import { squaredError } from "../../ops/losses.js";
import { declare } from "../../options/declare.js";
import { defineLoss, type LossFunction } from "./define.js";
import { type LossOptions, REDUCTION } from "./reduction.js";
import { VALUES } from "./values.js";

const HALF_MSE = declare("halfMse", REDUCTION);

/**
 * Half of the squared error, (prediction − target)²/2, whose gradient is the difference itself.
 * Shape:     prediction any, target the same → [], or that shape for reduction "none"
 * Gradient:  dprediction = g · (prediction − target) / n, dtarget the opposite
 * @param options.reduction "mean" over all elements (default), "sum" or "none"
 * @throws ShapeError if the shapes differ: losses never broadcast; ArgumentError
 * @example halfMse(tensor([1, 2]), tensor([1, 4]))   // 1
 */
export const halfMse: LossFunction<LossOptions> = defineLoss(HALF_MSE, {
  aka: ["halfSquaredError", "halfMeanSquaredError"],
  targets: VALUES,
  compute: (x, y, { reduction }) => squaredError(x, y, { reduction }).mul(0.5),
});
