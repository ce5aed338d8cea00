import { Adam } from "./adam.js";

/**
 * Adam with decoupled weight decay: the decay does not pass through the moments, so that it shrinks all weights alike.
 *
 *     θ ← (1 − lr · λ) θ
 *     θ ← θ − lr · m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε),  m and v as in Adam, without λ
 *
 * Defaults: learningRate 1e-3, beta1 0.9, beta2 0.999, epsilon 1e-8, weightDecay 0.01, amsgrad false, maximize false.
 *
 * As PyTorch's AdamW: the decay is scaled by the whole learning rate, where the paper scales it by the schedule's factor
 * alone.
 *
 * Loshchilov, Hutter: Decoupled Weight Decay Regularization (arXiv 1711.05101).
 *
 * @throws ArgumentError for an unknown option or one outside its range
 * @example
 * const optimizer = new AdamW([
 *   { params: weights },
 *   { params: biases, weightDecay: 0 },
 * ], { learningRate: 3e-4 });
 */
export class AdamW extends Adam {
  static override readonly type = "AdamW";
  static override readonly defaults = { ...Adam.defaults, weightDecay: 0.01 };
  protected override readonly decoupled = true;
}
