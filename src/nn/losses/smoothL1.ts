import { declare, type OptionsOf } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import { defineLoss, type LossFunction } from "./define.js";
import { REDUCTION, reduced } from "./reduction.js";
import { VALUES } from "./values.js";

const SMOOTH_L1 = declare("smoothL1", {
  ...REDUCTION,
  /** β ≥ 0, the difference from which the loss grows linearly; with 0 it is the absolute error. Default 1. */
  beta: number({ default: 1, min: 0, aka: ["delta"] }),
});

/** Options of `smoothL1`. */
export interface SmoothL1Options extends OptionsOf<typeof SMOOTH_L1> {}

/**
 * Smooth L1 loss of d = prediction − target: d²/(2β) where |d| < β, else |d| − β/2; torch.nn.SmoothL1Loss. It is Huber's loss divided
 * by β: its slope stays 1 outside. Girshick, Fast R-CNN, ICCV 2015.
 * Shape:     prediction any, target the same → [], or that shape for reduction "none"
 * Gradient:  dprediction = g · clamp(d/β, −1, 1) / n, dtarget the opposite
 * @param options.beta β ≥ 0, default 1
 * @param options.reduction "mean" over all elements (default), "sum" or "none"
 * @throws ShapeError if the shapes differ: losses never broadcast; ArgumentError
 * @example smoothL1(tensor([1, 2]), tensor([1, 4]), { beta: 0.5 })   // 0.875
 */
export const smoothL1: LossFunction<SmoothL1Options> = defineLoss(SMOOTH_L1, {
  aka: ["SmoothL1Loss", "smoothL1Loss"],
  targets: VALUES,
  compute: (x, y, { beta, reduction }) => {
    const d = x.sub(y);
    if (beta === 0) return reduced(d.abs(), reduction);
    // With c = clamp(d): c(d − c/2) is d²/2 inside and β|d| − β²/2 outside, and so is its gradient.
    const c = d.clamp(-beta, beta);
    return reduced(c.div(beta).mul(d.sub(c.mul(0.5))), reduction);
  },
});
