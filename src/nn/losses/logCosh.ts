import { declare } from "../../options/declare.js";
import { defineLoss, type LossFunction } from "./define.js";
import { type LossOptions, REDUCTION, reduced } from "./reduction.js";
import { VALUES } from "./values.js";

const LOG_COSH = declare("logCosh", REDUCTION);

/**
 * ln cosh d of d = prediction − target: d²/2 near 0, |d| − ln 2 far away, and smooth everywhere. It does not overflow.
 * Shape:     prediction any, target the same → [], or that shape for reduction "none"
 * Gradient:  dprediction = g · tanh(d) / n, dtarget the opposite
 * @param options.reduction "mean" over all elements (default), "sum" or "none"
 * @throws ShapeError if the shapes differ: losses never broadcast; ArgumentError
 * @example logCosh(tensor([1, 2]), tensor([1, 4]))   // 0.6625
 */
export const logCosh: LossFunction<LossOptions> = defineLoss(LOG_COSH, {
  aka: ["LogCosh", "logcosh", "logCoshError"],
  targets: VALUES,
  // ln cosh d = d + softplus(−2d) − ln 2: the exponential of a large number is never taken.
  compute: (x, y, { reduction }) => {
    const d = x.sub(y);
    return reduced(d.add(d.mul(-2).softplus()).sub(Math.LN2), reduction);
  },
});
