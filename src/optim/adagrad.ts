import { ADAGRAD_CELL } from "../kernels/generated/constants.js";
import * as kernels from "../kernels/generated.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag, number } from "../options/kinds.js";
import type { ClippingOptions } from "./declaration.js";
import type { UpdateKernel } from "./formula.js";
import { Optimizer } from "./optimizer.js";
import { epsilon, learningRate, weightDecay } from "./options.js";
import type { StateNames } from "./segment.js";

const ADAGRAD = declare("Adagrad", {
  /** Finite number ≥ 0, or a schedule. Default 0.01. */
  learningRate: learningRate(0.01),
  /** ≥ 0: the rate at a parameter's update t = 1, 2, … is learningRate / (1 + decay · (t − 1)). Default 0. */
  decay: number({ default: 0, min: 0, aka: ["learningRateDecay", "lrDecay"] }),
  /** ≥ 0: what the sum of squares begins with; Keras has 0.1. Default 0. */
  initialAccumulator: number({ default: 0, min: 0, aka: ["initialAccumulatorValue"] }),
  /** ε > 0, outside the root. Default 1e-10. */
  epsilon: epsilon(1e-10),
  /** λ ≥ 0, added to the gradient as λθ. Default 0. */
  weightDecay: weightDecay(0),
  /** Climb instead of descend. Default false. */
  maximize: flag({ default: false }),
});

export interface AdagradOptions extends OptionsOf<typeof ADAGRAD>, ClippingOptions {}

/**
 * Adagrad: the gradient over the root of the sum of all its squares, so that each coordinate's rate falls with what it has seen.
 *
 *     g ← ∇ + λθ
 *     s ← s + g²
 *     θ ← θ − lr / (1 + decay · (t − 1)) · g / (√s + ε)
 *
 * As PyTorch's Adagrad. Under a gradient of constant size the steps are lr/√t. Lectures print the division by the sum before this step's
 * square is added to it, which is 0/0 at the first step, or put ε inside the root; here the square comes first, and ε stands outside, as in
 * the paper's experiments and in PyTorch. ε must be above 0: a parameter whose gradient stays 0 would become 0/0.
 *
 * Duchi, Hazan, Singer: Adaptive Subgradient Methods for Online Learning and Stochastic Optimization (JMLR 12, 2011).
 *
 * @throws ArgumentError for an unknown option or one outside its range
 * @example
 * const optimizer = new Adagrad(model.parameters(), { learningRate: 0.1, initialAccumulator: 0.1 });
 */
export class Adagrad extends Optimizer<AdagradOptions> {
  static override readonly options = ADAGRAD;
  static override readonly kernel: UpdateKernel = { run: kernels.adagrad, cell: ADAGRAD_CELL };

  protected override stateNames(): StateNames {
    return ["sum"];
  }
}
