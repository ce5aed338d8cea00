import { declare, type OptionsOf } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import { defineLoss, type LossFunction } from "./define.js";
import { REDUCTION, reduced } from "./reduction.js";
import { VALUES } from "./values.js";

const HUBER = declare("huber", {
  ...REDUCTION,
  /** δ > 0, the difference from which the loss grows linearly. Default 1. */
  delta: number({ default: 1, above: 0, aka: ["beta"] }),
});

/** Options of `huber`. */
export interface HuberOptions extends OptionsOf<typeof HUBER> {}

/**
 * Huber's loss of d = prediction − target: d²/2 where |d| ≤ δ, else δ(|d| − δ/2). torch.nn.HuberLoss.
 * `smoothL1` is it divided by δ. Huber, Ann. Math. Stat. 35, 1964.
 * Shape:     prediction any, target the same → [], or that shape for reduction "none"
 * Gradient:  dprediction = g · clamp(d, −δ, δ) / n, dtarget the opposite
 * @param options.delta δ > 0, default 1
 * @param options.reduction "mean" over all elements (default), "sum" or "none"
 * @throws ShapeError if the shapes differ: losses never broadcast; ArgumentError
 * @example huber(tensor([1, 2]), tensor([1, 4]))   // 0.75
 */
export const huber: LossFunction<HuberOptions> = defineLoss(HUBER, {
  aka: ["HuberLoss", "huberLoss"],
  targets: VALUES,
  compute: (x, y, { delta, reduction }) => {
    const d = x.sub(y);
    // With c = clamp(d): c(d − c/2) is d²/2 inside and δ|d| − δ²/2 outside, and so is its gradient.
    const c = d.clamp(-delta, delta);
    return reduced(c.mul(d.sub(c.mul(0.5))), reduction);
  },
});
