import { ADAMAX_CELL } from "../kernels/generated/constants.js";
import * as kernels from "../kernels/generated.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag } from "../options/kinds.js";
import type { ClippingOptions } from "./declaration.js";
import type { UpdateKernel } from "./formula.js";
import type { Settings } from "./group.js";
import { Optimizer } from "./optimizer.js";
import { epsilon, learningRate, meanDecay, weightDecay } from "./options.js";
import type { StateNames } from "./segment.js";

const ADAMAX = declare("Adamax", {
  /** Finite number ≥ 0, or a schedule. Default 2e-3. */
  learningRate: learningRate(2e-3),
  /** Decay of the mean gradient, 0 ≤ β₁ < 1. Default 0.9. */
  beta1: meanDecay(0.9, "betas"),
  /** Decay of the greatest gradient, 0 ≤ β₂ < 1. Default 0.999. */
  beta2: meanDecay(0.999),
  /** ε > 0, added to the gradient's magnitude. Default 1e-8. */
  epsilon: epsilon(1e-8),
  /** λ ≥ 0, added to the gradient as λθ. Default 0. */
  weightDecay: weightDecay(0),
  /** Climb instead of descend. Default false. */
  maximize: flag({ default: false }),
});

export interface AdamaxOptions extends OptionsOf<typeof ADAMAX>, ClippingOptions {}

/**
 * Adamax: Adam with the greatest gradient of the past, which fades, in place of the root of the mean square.
 *
 *     g ← ∇ + λθ
 *     m ← β₁m + (1 − β₁)g
 *     u ← max(β₂u, |g| + ε)
 *     θ ← θ − lr/(1 − β₁ᵗ) · m / u
 *
 * As PyTorch's Adamax. The paper has no ε; Keras adds it to u, and has learning rate 0.001.
 *
 * Kingma, Ba: Adam: A Method for Stochastic Optimization (arXiv 1412.6980), section 7.1.
 *
 * @throws ArgumentError for an unknown option or one outside its range
 * @example
 * const optimizer = new Adamax(model.parameters(), { learningRate: 2e-3 });
 */
export class Adamax extends Optimizer<AdamaxOptions> {
  static override readonly options = ADAMAX;
  static override readonly kernel: UpdateKernel = { run: kernels.adamax, cell: ADAMAX_CELL };

  protected override stateNames(): StateNames {
    return ["m", "u"];
  }

  protected override decayRates({ beta1 }: Settings<AdamaxOptions>): readonly number[] {
    return [beta1];
  }
}
