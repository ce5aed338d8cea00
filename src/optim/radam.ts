import { RADAM_CELL } from "../kernels/generated/constants.js";
import * as kernels from "../kernels/generated.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag } from "../options/kinds.js";
import type { ClippingOptions } from "./declaration.js";
import type { UpdateKernel } from "./formula.js";
import type { Settings } from "./group.js";
import { Optimizer } from "./optimizer.js";
import { decayOf, decoupledWeightDecay, epsilon, learningRate, meanDecay, weightDecay } from "./options.js";
import type { StateNames } from "./segment.js";

const RADAM = declare("RAdam", {
  /** Finite number ≥ 0, or a schedule. Default 1e-3. */
  learningRate: learningRate(1e-3),
  /** Decay of the mean gradient, 0 ≤ β₁ < 1. Default 0.9. */
  beta1: meanDecay(0.9, "betas"),
  /** Decay of the mean squared gradient, 0 ≤ β₂ < 1. Default 0.999. */
  beta2: meanDecay(0.999),
  /** ε > 0, outside the root. Default 1e-8. */
  epsilon: epsilon(1e-8),
  /** λ ≥ 0. Default 0. */
  weightDecay: weightDecay(0),
  /** Whether the parameters shrink by lr · λ, as AdamW's do, instead of λθ being added to the gradient. Default false. */
  decoupledWeightDecay: decoupledWeightDecay(),
  /** Climb instead of descend. Default false. */
  maximize: flag({ default: false }),
});

export interface RAdamOptions extends OptionsOf<typeof RADAM>, ClippingOptions {}

/**
 * RAdam: Adam whose adaptive rate waits until the mean square is known well enough, and needs no warm-up.
 *
 *     g ← ∇ + λθ
 *     m ← β₁m + (1 − β₁)g
 *     v ← β₂v + (1 − β₂)g²
 *     ρ∞ = 2/(1 − β₂) − 1,   ρ = ρ∞ − 2tβ₂ᵗ/(1 − β₂ᵗ)
 *     ρ > 5:  r = √((ρ − 4)(ρ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρ)),   θ ← θ − lr · m/(1 − β₁ᵗ) · r · √(1 − β₂ᵗ)/(√v + ε)
 *     else:   θ ← θ − lr · m/(1 − β₁ᵗ)
 *
 * As PyTorch's RAdam: ε is added before the bias correction, unlike in Adam, and the limit is 5 where the paper has 4. While ρ ≤ 5, which are
 * the first five steps with β₂ 0.999, the steps are as long as the gradient.
 *
 * Liu and others: On the Variance of the Adaptive Learning Rate and Beyond (arXiv 1908.03265).
 *
 * @throws ArgumentError for an unknown option or one outside its range
 * @example
 * const optimizer = new RAdam(model.parameters(), { learningRate: 1e-3 });
 */
export class RAdam extends Optimizer<RAdamOptions> {
  static override readonly options = RADAM;
  static override readonly kernel: UpdateKernel = { run: kernels.radam, cell: RADAM_CELL };

  protected override stateNames(): StateNames {
    return ["m", "v"];
  }

  protected override decayRates({ beta1, beta2 }: Settings<RAdamOptions>): readonly number[] {
    return [beta1, beta2];
  }

  protected override hyperparameters(options: Settings<RAdamOptions>): Readonly<Record<string, unknown>> {
    return decayOf(options);
  }
}
