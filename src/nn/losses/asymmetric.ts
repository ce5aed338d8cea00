import { declare, type OptionsOf } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import type { Tensor } from "../../tensor/tensor.js";
import { defineLoss, type LossFunction } from "./define.js";
import { REDUCTION, reduced } from "./reduction.js";
import { VALUES } from "./values.js";

/**
 * Losses that weigh predictions that are too low by τ and those that are too high by 1 − τ. What is dear to underestimate, such as the
 * time until an arrival, has τ > ½.
 */

const PINBALL = declare("pinball", {
  ...REDUCTION,
  /** τ, the quantile that is learned, above 0 and below 1. Default 0.5, the median. */
  quantile: number({ default: 0.5, above: 0, below: 1, aka: ["tau", "q", "alpha"] }),
});

/** Options of `pinball`. */
export interface PinballOptions extends OptionsOf<typeof PINBALL> {}

const ASYMMETRIC_SQUARED = declare("asymmetricSquared", {
  ...REDUCTION,
  /** τ, the expectile that is learned, above 0 and below 1. Default 0.5, the mean. */
  expectile: number({ default: 0.5, above: 0, below: 1, aka: ["tau", "quantile", "alpha"] }),
});

/** Options of `asymmetricSquared`. */
export interface AsymmetricSquaredOptions extends OptionsOf<typeof ASYMMETRIC_SQUARED> {}

const ASYMMETRIC_HUBER = declare("asymmetricHuber", {
  ...REDUCTION,
  /** δ > 0, the difference from which the loss grows linearly. Default 1. */
  delta: number({ default: 1, above: 0, aka: ["beta"] }),
  /** ω, the weight of predictions that are too low, above 0 and below 1; of those that are too high it is 1 − ω. Default 0.5. */
  omega: number({ default: 0.5, above: 0, below: 1, aka: ["tau", "quantile", "asymmetry"] }),
});

/** Options of `asymmetricHuber`. */
export interface AsymmetricHuberOptions extends OptionsOf<typeof ASYMMETRIC_HUBER> {}

/**
 * Quantile loss of d = prediction − target: −τ·d where d < 0, else (1 − τ)·d. The best constant prediction is the τ-quantile of the targets;
 * with τ = ½ it is half the absolute error. Koenker and Bassett, Econometrica 46, 1978.
 * Shape:     prediction any, target the same → [], or that shape for reduction "none"
 * Gradient:  dprediction = g · (−τ or 1 − τ) / n, dtarget the opposite
 * @param options.quantile τ above 0 and below 1, default 0.5
 * @param options.reduction "mean" over all elements (default), "sum" or "none"
 * @throws ShapeError if the shapes differ: losses never broadcast; ArgumentError
 * @example pinball(tensor([1, 2]), tensor([2, 1]), { quantile: 0.9 })   // 0.5
 */
export const pinball: LossFunction<PinballOptions> = defineLoss(PINBALL, {
  aka: ["quantile", "quantileLoss", "PinballLoss", "QuantileLoss", "pinballLoss"],
  targets: VALUES,
  compute: (x, y, { quantile, reduction }) => {
    const d = y.sub(x);
    return reduced(d.mul(quantile).maximum(d.mul(quantile - 1)), reduction);
  },
});

/**
 * Asymmetric squared error of d = prediction − target: τ·d² where d < 0, else (1 − τ)·d². The best constant prediction is the τ-expectile of
 * the targets; with τ = ½ it is half the squared error. Newey and Powell, Econometrica 55, 1987.
 * Shape:     prediction any, target the same → [], or that shape for reduction "none"
 * Gradient:  dprediction = g · 2(τ or 1 − τ)·d / n, dtarget the opposite
 * @param options.expectile τ above 0 and below 1, default 0.5
 * @param options.reduction "mean" over all elements (default), "sum" or "none"
 * @throws ShapeError if the shapes differ: losses never broadcast; ArgumentError
 * @example asymmetricSquared(tensor([1, 2]), tensor([2, 1]), { expectile: 0.9 })   // 0.5
 */
export const asymmetricSquared: LossFunction<AsymmetricSquaredOptions> = defineLoss(ASYMMETRIC_SQUARED, {
  aka: ["expectile", "expectileLoss", "asymmetricSquaredError", "asymmetricMse"],
  targets: VALUES,
  compute: (x, y, { expectile, reduction }) => {
    const d = x.sub(y);
    return reduced(weighed(d, d.square(), expectile), reduction);
  },
});

/**
 * Asymmetric Huber loss: Huber's loss of d = prediction − target, times ω where d < 0, else times 1 − ω. δ goes from squared to absolute
 * errors, ω tells how much dearer it is to predict too little than too much: arrival times of DeepETA (Uber, 2022). With ω = ½ it is half
 * of `huber`; divided by a δ that goes to 0 it is `pinball`.
 * Shape:     prediction any, target the same → [], or that shape for reduction "none"
 * Gradient:  dprediction = g · (ω or 1 − ω) · clamp(d, −δ, δ) / n, dtarget the opposite
 * @param options.delta δ > 0, default 1
 * @param options.omega ω above 0 and below 1, default 0.5
 * @param options.reduction "mean" over all elements (default), "sum" or "none"
 * @throws ShapeError if the shapes differ: losses never broadcast; ArgumentError
 * @example asymmetricHuber(tensor([1, 2]), tensor([1, 4]), { omega: 0.8 })   // 0.6
 */
export const asymmetricHuber: LossFunction<AsymmetricHuberOptions> = defineLoss(ASYMMETRIC_HUBER, {
  aka: ["asymmetricHuberLoss", "AsymmetricHuberLoss", "quantileHuber"],
  targets: VALUES,
  compute: (x, y, { delta, omega, reduction }) => {
    const d = x.sub(y);
    const c = d.clamp(-delta, delta);
    return reduced(weighed(d, c.mul(d.sub(c.mul(0.5))), omega), reduction);
  },
});

/** Losses times τ where the difference is negative, else times 1 − τ. */
function weighed(d: Tensor, losses: Tensor, tau: number): Tensor {
  return d.lt(0).where(losses.mul(tau), losses.mul(1 - tau));
}
