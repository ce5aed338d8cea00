import { LION_CELL } from "../kernels/generated/constants.js";
import * as kernels from "../kernels/generated.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag } from "../options/kinds.js";
import type { ClippingOptions } from "./declaration.js";
import type { UpdateKernel } from "./formula.js";
import type { Settings } from "./group.js";
import { Optimizer } from "./optimizer.js";
import { learningRate, meanDecay, weightDecay } from "./options.js";
import type { StateNames } from "./segment.js";

const LION = declare("Lion", {
  /** Finite number ≥ 0, or a schedule: 3 to 10 times less than AdamW's. Default 1e-4. */
  learningRate: learningRate(1e-4),
  /** The old momentum's share of the direction, 0 ≤ β₁ < 1. Default 0.9. */
  beta1: meanDecay(0.9, "betas"),
  /** Decay of the momentum, 0 ≤ β₂ < 1. Default 0.99. */
  beta2: meanDecay(0.99),
  /** λ ≥ 0: the parameters shrink by lr · λ; 3 to 10 times more than AdamW's. Default 0. */
  weightDecay: weightDecay(0),
  /** Climb instead of descend. Default false. */
  maximize: flag({ default: false }),
});

export interface LionOptions extends OptionsOf<typeof LION>, ClippingOptions {}

/**
 * Lion: steps of exactly the learning rate in every coordinate, along the sign of a mean of gradients. One state, no root, no quotient.
 *
 *     d = sign(β₁m + (1 − β₁)∇)
 *     m ← β₂m + (1 − β₂)∇
 *     θ ← (1 − lr · λ) θ − lr · d
 *
 * As in the paper, with its weight decay, which does not pass through the momentum. The sign of 0 is 0.
 *
 * Chen and others: Symbolic Discovery of Optimization Algorithms (arXiv 2302.06675).
 *
 * @throws ArgumentError for an unknown option or one outside its range
 * @example
 * const optimizer = new Lion(model.parameters(), { learningRate: 1e-4, weightDecay: 0.1 });
 */
export class Lion extends Optimizer<LionOptions> {
  static override readonly options = LION;
  static override readonly kernel: UpdateKernel = { run: kernels.lion, cell: LION_CELL };

  protected override stateNames(): StateNames {
    return ["m"];
  }

  protected override hyperparameters({ weightDecay, ...options }: Settings<LionOptions>): Readonly<Record<string, unknown>> {
    return { ...options, decoupledDecay: weightDecay };
  }
}
