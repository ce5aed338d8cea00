import { ADAM_CELL } from "../kernels/generated/constants.js";
import * as kernels from "../kernels/generated.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag } from "../options/kinds.js";
import type { ClippingOptions } from "./declaration.js";
import type { UpdateKernel } from "./formula.js";
import type { Settings } from "./group.js";
import { Optimizer } from "./optimizer.js";
import { epsilon, learningRate, meanDecay, weightDecay } from "./options.js";
import type { StateNames } from "./segment.js";

const ADAM = declare("Adam", {
  /** Finite number ≥ 0, or a schedule. Default 1e-3. */
  learningRate: learningRate(1e-3),
  /** Decay of the mean gradient, 0 ≤ β₁ < 1. Default 0.9. */
  beta1: meanDecay(0.9, "betas"),
  /** Decay of the mean squared gradient, 0 ≤ β₂ < 1. Default 0.999. */
  beta2: meanDecay(0.999),
  /** ε > 0, outside the root. Default 1e-8. */
  epsilon: epsilon(1e-8),
  /** λ ≥ 0, added to the gradient as λθ. Default 0. */
  weightDecay: weightDecay(0),
  /** Divide by the greatest mean square so far. Default false. */
  amsgrad: flag({ default: false }),
  /** Climb instead of descend. Default false. */
  maximize: flag({ default: false }),
});

export interface AdamOptions extends OptionsOf<typeof ADAM>, ClippingOptions {}

/**
 * Adam: steps of about the learning rate in every coordinate, along the mean gradient over the root of the mean square.
 *
 *     g ← ∇ + λθ
 *     m ← β₁m + (1 − β₁)g
 *     v ← β₂v + (1 − β₂)g²
 *     θ ← θ − lr · m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε)
 *
 * with t the number of the parameter's own updates, and under `amsgrad` the greatest v so far instead of v.
 *
 * As PyTorch's Adam. ε is added after the bias correction, as in the paper's algorithm 1 (Keras and TensorFlow add the
 * "epsilon hat" of its section 2). ε must be above 0: a parameter whose gradient stays 0 would become 0/0. The powers of β
 * are running products. What newer versions of PyTorch call `decoupled_weight_decay` is `AdamW`. Lectures also print ε inside the root.
 *
 * Kingma, Ba: Adam: A Method for Stochastic Optimization (arXiv 1412.6980). AMSGrad: Reddi, Kale, Kumar (ICLR 2018).
 *
 * @throws ArgumentError for an unknown option or one outside its range
 * @example
 * const optimizer = new Adam(model.parameters(), { learningRate: cosineDecay(1e-3, { steps: 10_000 }) });
 * loss.backward();
 * optimizer.step();
 * optimizer.zeroGrad();
 */
export class Adam extends Optimizer<AdamOptions> {
  static override readonly options = ADAM;
  static override readonly kernel: UpdateKernel = { run: kernels.adam, cell: ADAM_CELL };

  protected override stateNames({ amsgrad }: Settings<AdamOptions>): StateNames {
    return ["m", "v", amsgrad ? "vMax" : null];
  }

  protected override decayRates({ beta1, beta2 }: Settings<AdamOptions>): readonly number[] {
    return [beta1, beta2];
  }
}
