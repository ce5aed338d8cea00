import { RMSPROP_CELL } from "../kernels/generated/constants.js";
import * as kernels from "../kernels/generated.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag } from "../options/kinds.js";
import type { ClippingOptions } from "./declaration.js";
import type { UpdateKernel } from "./formula.js";
import type { Settings } from "./group.js";
import { Optimizer } from "./optimizer.js";
import { epsilon, learningRate, meanDecay, momentum, weightDecay } from "./options.js";
import type { StateNames } from "./segment.js";

const RMSPROP = declare("RMSprop", {
  /** Finite number ≥ 0, or a schedule. Default 1e-3. */
  learningRate: learningRate(1e-3),
  /** Decay of the mean squared gradient, 0 ≤ ρ < 1; PyTorch calls it alpha. Default 0.9. */
  rho: meanDecay(0.9, "alpha", "smoothing"),
  /** ε > 0, outside the root. Default 1e-8. */
  epsilon: epsilon(1e-8),
  /** μ ≥ 0. Default 0. */
  momentum: momentum(0),
  /** Divide by the standard deviation instead of the root mean square. Default false. */
  centered: flag({ default: false }),
  /** λ ≥ 0, added to the gradient as λθ. Default 0. */
  weightDecay: weightDecay(0),
  /** Climb instead of descend. Default false. */
  maximize: flag({ default: false }),
});

export interface RMSpropOptions extends OptionsOf<typeof RMSPROP>, ClippingOptions {}

/**
 * RMSprop: the gradient over the root of its mean square.
 *
 *     g ← ∇ + λθ
 *     v ← ρv + (1 − ρ)g²
 *     d = g / (√v + ε),   centered g / (√(v − m²) + ε) with m ← ρm + (1 − ρ)g
 *     θ ← θ − lr · d,     with momentum u ← μu + d, θ ← θ − lr · u
 *
 * PyTorch's formula with Keras' numbers (PyTorch: learning rate 0.01, alpha 0.99; Keras puts ε inside the root and the rate
 * inside the velocity). Where rounding makes v − m² negative it counts as 0, in PyTorch as NaN. ε must be above 0.
 *
 * Tieleman, Hinton: Lecture 6.5 (Coursera 2012). Centered: Graves (arXiv 1308.0850).
 *
 * @throws ArgumentError for an unknown option or one outside its range
 * @example
 * const optimizer = new RMSprop(model.parameters(), { learningRate: 1e-3, momentum: 0.9 });
 */
export class RMSprop extends Optimizer<RMSpropOptions> {
  static override readonly options = RMSPROP;
  static override readonly kernel: UpdateKernel = { run: kernels.rmsprop, cell: RMSPROP_CELL };

  protected override stateNames({ centered, momentum }: Settings<RMSpropOptions>): StateNames {
    return ["v", centered ? "mean" : null, momentum === 0 ? null : "velocity"];
  }
}
