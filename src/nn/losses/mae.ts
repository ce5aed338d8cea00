import { declare } from "../../options/declare.js";
import { defineLoss, type LossFunction } from "./define.js";
import { type LossOptions, REDUCTION, reduced } from "./reduction.js";
import { VALUES } from "./values.js";

const MAE = declare("mae", REDUCTION);

/**
 * Mean absolute error |prediction − target|, torch.nn.L1Loss.
 * Shape:     prediction any, target the same → [], or that shape for reduction "none"
 * Gradient:  dprediction = g · sign(prediction − target) / n (0 where they are equal), dtarget the opposite
 * @param options.reduction "mean" over all elements (default), "sum" or "none"
 * @throws ShapeError if the shapes differ: losses never broadcast; ArgumentError
 * @example mae(tensor([1, 2]), tensor([1, 4]))   // 1
 */
export const mae: LossFunction<LossOptions> = defineLoss(MAE, {
  aka: ["meanAbsoluteError", "L1Loss", "l1", "absoluteError"],
  targets: VALUES,
  compute: (x, y, { reduction }) => reduced(x.sub(y).abs(), reduction),
});
