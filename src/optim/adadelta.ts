import { ADADELTA_CELL } from "../kernels/generated/constants.js";
import * as kernels from "../kernels/generated.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag } from "../options/kinds.js";
import type { ClippingOptions } from "./declaration.js";
import type { UpdateKernel } from "./formula.js";
import { Optimizer } from "./optimizer.js";
import { epsilon, learningRate, meanDecay, weightDecay } from "./options.js";
import type { StateNames } from "./segment.js";

const ADADELTA = declare("Adadelta", {
  /** Finite number ≥ 0, or a schedule; the paper has none, that is 1. Default 1. */
  learningRate: learningRate(1),
  /** Decay of both means of squares, 0 ≤ ρ < 1. Default 0.9. */
  rho: meanDecay(0.9),
  /** ε > 0, inside the roots. Default 1e-6. */
  epsilon: epsilon(1e-6),
  /** λ ≥ 0, added to the gradient as λθ. Default 0. */
  weightDecay: weightDecay(0),
  /** Climb instead of descend. Default false. */
  maximize: flag({ default: false }),
});

export interface AdadeltaOptions extends OptionsOf<typeof ADADELTA>, ClippingOptions {}

/**
 * Adadelta: the gradient, scaled by the root mean square of the last steps over that of the last gradients. The steps have the unit of the
 * parameters, and no rate need be chosen; they begin small, since the mean of the steps begins with 0.
 *
 *     g ← ∇ + λθ
 *     v ← ρv + (1 − ρ)g²
 *     d = √(u + ε) / √(v + ε) · g
 *     u ← ρu + (1 − ρ)d²
 *     θ ← θ − lr · d
 *
 * As PyTorch's Adadelta. (Keras has learning rate 0.001, ρ 0.95 and ε 1e-7.) ε stands inside the roots, unlike in all other optimizers here.
 *
 * Zeiler: ADADELTA: An Adaptive Learning Rate Method (arXiv 1212.5701).
 *
 * @throws ArgumentError for an unknown option or one outside its range
 * @example
 * const optimizer = new Adadelta(model.parameters(), { rho: 0.95 });
 */
export class Adadelta extends Optimizer<AdadeltaOptions> {
  static override readonly options = ADADELTA;
  static override readonly kernel: UpdateKernel = { run: kernels.adadelta, cell: ADADELTA_CELL };

  protected override stateNames(): StateNames {
    return ["v", "u"];
  }
}
