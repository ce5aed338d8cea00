import { declare, type OptionsOf } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import { full } from "../../tensor/creation.js";
import type { Tensor } from "../../tensor/tensor.js";
import { defineLoss, type LossFunction } from "./define.js";
import { REDUCTION, reduced } from "./reduction.js";
import { VALUES } from "./values.js";

const WING = declare("wing", {
  ...REDUCTION,
  /** w > 0, the difference from which the loss grows linearly. Default 10. */
  width: number({ default: 10, above: 0, aka: ["w", "omega"] }),
  /** ε > 0; the smaller, the more weigh small differences. Default 2. */
  epsilon: number({ default: 2, above: 0, aka: ["eps", "curvature"] }),
});

/** Options of `wing`. */
export interface WingOptions extends OptionsOf<typeof WING> {}

/**
 * Wing loss of d = prediction − target: w · ln(1 + |d|/ε) where |d| < w, else |d| − C with C = w − w · ln(1 + w/ε), which joins both. Small
 * and middling differences of positions, such as landmarks of a face, weigh more than with a squared error. Feng et al., CVPR 2018, whose
 * unit is the pixel: w = 10 and ε = 2.
 * Shape:     prediction any, target the same → [], or that shape for reduction "none"
 * Gradient:  dprediction = g · sign(d) · (w/(ε + |d|) or 1) / n, dtarget the opposite
 * @param options.width w > 0, in the unit of the target, default 10
 * @param options.epsilon ε > 0, default 2
 * @param options.reduction "mean" over all elements (default), "sum" or "none"
 * @throws ShapeError if the shapes differ: losses never broadcast; ArgumentError
 * @example wing(tensor([1, 2]), tensor([1, 4]))   // 3.4657
 */
export const wing: LossFunction<WingOptions> = defineLoss(WING, {
  aka: ["WingLoss", "wingLoss"],
  targets: VALUES,
  compute: (x, y, { width, epsilon, reduction }) => {
    const distance = x.sub(y).abs();
    const curved = (d: Tensor): Tensor => d.div(epsilon).log1p().mul(width);
    const c = curved(full([], width, { dtype: x.dtype }))
      .neg()
      .add(width);
    return reduced(distance.lt(width).where(curved(distance), distance.sub(c)), reduction);
  },
});
