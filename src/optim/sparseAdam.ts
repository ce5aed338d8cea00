import { declare, type OptionsOf } from "../options/declare.js";
import { flag } from "../options/kinds.js";
import type { ClippingOptions } from "./declaration.js";
import type { Settings } from "./group.js";
import { Optimizer } from "./optimizer.js";
import { epsilon, learningRate, meanDecay } from "./options.js";
import type { StateNames } from "./segment.js";
import type { Update } from "./update.js";

const SPARSE_ADAM = declare("SparseAdam", {
  /** Finite number ≥ 0, or a schedule. Default 1e-3. */
  learningRate: learningRate(1e-3),
  /** Decay of the mean gradient, 0 ≤ β₁ < 1. Default 0.9. */
  beta1: meanDecay(0.9, "betas"),
  /** Decay of the mean squared gradient, 0 ≤ β₂ < 1. Default 0.999. */
  beta2: meanDecay(0.999),
  /** ε > 0, outside the root. Default 1e-8. */
  epsilon: epsilon(1e-8),
  /** Climb instead of descend. Default false. */
  maximize: flag({ default: false }),
});

export interface SparseAdamOptions extends OptionsOf<typeof SPARSE_ADAM>, ClippingOptions {}

/**
 * Adam for embeddings: rows whose gradient is zero are left alone, with their moments. A word that no sample of the batch has does not move
 * on by the momentum of the last time it was seen.
 *
 *     in rows of which an element of ∇ is not 0:
 *     m ← β₁m + (1 − β₁)∇
 *     v ← β₂v + (1 − β₂)∇²
 *     θ ← θ − lr · √(1 − β₂ᵗ)/(1 − β₁ᵗ) · m / (√v + ε)
 *
 * As PyTorch's SparseAdam, with t the number of the parameter's updates, not the row's, and ε added before the bias correction. PyTorch's
 * takes sparse gradients only, and updates every row that occurred; gradients are full here, and a row that occurred and whose gradient is
 * exactly zero counts as one that did not.
 *
 * Kingma, Ba: Adam: A Method for Stochastic Optimization (arXiv 1412.6980).
 *
 * @throws ArgumentError for an unknown option or one outside its range
 * @example
 * const optimizer = new SparseAdam(model.parameters(), { learningRate: 1e-3 });
 */
export class SparseAdam extends Optimizer<SparseAdamOptions> {
  static override readonly options = SPARSE_ADAM;

  protected override stateNames(): StateNames {
    return ["m", "v"];
  }

  protected override decayRates({ beta1, beta2 }: Settings<SparseAdamOptions>): readonly number[] {
    return [beta1, beta2];
  }

  protected override update({ parameter, gradient, states: { m, v }, learningRate, ...given }: Update<SparseAdamOptions>): void {
    const { beta1, beta2, epsilon, maximize } = given.options;
    const axes = gradient.shape.map((_, axis) => axis).slice(1);
    // The greatest magnitude of a row tells of a NaN, too: it is not hidden.
    const moved = (axes.length === 0 ? gradient : gradient.abs().max(axes, { keepDims: true })).ne(0);
    m.assign(moved.where(m.mul(beta1).add(gradient.mul(maximize ? beta1 - 1 : 1 - beta1)), m));
    v.assign(moved.where(v.mul(beta2).add(gradient.square().mul(1 - beta2)), v));
    const rate = given.biasCorrection2.sqrt().div(given.biasCorrection1).mul(learningRate);
    const step = m.div(v.sqrt().add(epsilon)).mul(rate);
    parameter.assign(moved.where(parameter.sub(step), parameter));
  }
}
