import { declare } from "../options/declare.js";
import { Adam, type AdamOptions } from "./adam.js";
import type { Settings } from "./group.js";
import { weightDecay } from "./options.js";

const ADAMW = declare("AdamW", {
  ...Adam.options.options,
  /** λ ≥ 0: the parameters shrink by lr · λ. Default 0.01. */
  weightDecay: weightDecay(0.01),
});

/**
 * Adam with decoupled weight decay: the decay does not pass through the moments, so that it shrinks all weights alike.
 *
 *     θ ← (1 − lr · λ) θ
 *     θ ← θ − lr · m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε),  m and v as in Adam, without λ
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
  static override readonly options = ADAMW as unknown as typeof Adam.options;

  protected override hyperparameters({ weightDecay, ...options }: Settings<AdamOptions>): Readonly<Record<string, unknown>> {
    return { ...options, decoupledDecay: weightDecay };
  }
}
