import { squaredError } from "../../ops/losses.js";
import { declare } from "../../options/declare.js";
import { defineLoss, type LossFunction } from "./define.js";
import { type LossOptions, REDUCTION } from "./reduction.js";
import { VALUES } from "./values.js";

const MSE = declare("mse", REDUCTION);

/**
 * Mean squared error (prediction − target)². Lectures also print its sum, reduction "sum", and its half, `halfMse`.
 * Shape:     prediction any, target the same → [], or that shape for reduction "none"
 * Gradient:  dprediction = g · 2(prediction − target) / n, dtarget the opposite
 * @param options.reduction "mean" over all elements (default), "sum" or "none"
 * @throws ShapeError if the shapes differ: losses never broadcast; ArgumentError
 * @example mse(tensor([1, 2]), tensor([1, 4]))   // 2
 */
export const mse: LossFunction<LossOptions> = defineLoss(MSE, {
  aka: ["meanSquaredError", "MSELoss", "l2", "l2Loss", "squaredError"],
  targets: VALUES,
  compute: (x, y, { reduction }) => squaredError(x, y, { reduction }),
});
