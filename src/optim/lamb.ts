import { declare, type OptionsOf } from "../options/declare.js";
import { flag } from "../options/kinds.js";
import type { ClippingOptions } from "./declaration.js";
import type { Settings } from "./group.js";
import { Optimizer } from "./optimizer.js";
import { epsilon, layerwise, learningRate, meanDecay, weightDecay } from "./options.js";
import type { StateNames } from "./segment.js";
import { ratio } from "./trust.js";
import type { Update } from "./update.js";

const LAMB_OPTIONS = declare("LAMB", {
  /** Finite number ≥ 0, or a schedule. Default 1e-3. */
  learningRate: learningRate(1e-3),
  /** Decay of the mean gradient, 0 ≤ β₁ < 1. Default 0.9. */
  beta1: meanDecay(0.9, "betas"),
  /** Decay of the mean squared gradient, 0 ≤ β₂ < 1. Default 0.999. */
  beta2: meanDecay(0.999),
  /** ε > 0, outside the root. Default 1e-6. */
  epsilon: epsilon(1e-6),
  /** λ ≥ 0, added to the step as λθ before it is measured. Default 0. */
  weightDecay: weightDecay(0),
  /** Whether each parameter has a rate of its own; false for groups of biases and norms, which are then updated as by AdamW. Default true. */
  layerwise: layerwise(),
  /** Climb instead of descend. Default false. */
  maximize: flag({ default: false }),
});

export interface LAMBOptions extends OptionsOf<typeof LAMB_OPTIONS>, ClippingOptions {}

/**
 * LAMB: AdamW, whose step for each tensor is as long as its weights times the rate. For batches of thousands.
 *
 *     m ← β₁m + (1 − β₁)∇
 *     v ← β₂v + (1 − β₂)∇²
 *     d = m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε) + λθ
 *     θ ← θ − lr · ‖θ‖/‖d‖ · d,   θ − lr · d where a norm is 0
 *
 * The paper's algorithm 2 with φ(z) = z; some implementations limit ‖θ‖ to 10. Biases and the parameters of norms usually have groups with
 * `layerwise: false` and no weight decay.
 *
 * You and others: Large Batch Optimization for Deep Learning: Training BERT in 76 Minutes (arXiv 1904.00962).
 *
 * @throws ArgumentError for an unknown option or one outside its range
 * @example
 * const optimizer = new LAMB([
 *   { params: weights, weightDecay: 0.01 },
 *   { params: biases, layerwise: false },
 * ], { learningRate: 2e-3 });
 */
export class LAMB extends Optimizer<LAMBOptions> {
  static override readonly options = LAMB_OPTIONS;

  protected override stateNames(): StateNames {
    return ["m", "v"];
  }

  protected override decayRates({ beta1, beta2 }: Settings<LAMBOptions>): readonly number[] {
    return [beta1, beta2];
  }

  protected override update({ parameter, gradient, states: { m, v }, learningRate, ...given }: Update<LAMBOptions>): void {
    const { beta1, beta2, epsilon, weightDecay, layerwise, maximize } = given.options;
    m.assign(m.mul(beta1).add(gradient.mul(maximize ? beta1 - 1 : 1 - beta1)));
    v.assign(v.mul(beta2).add(gradient.square().mul(1 - beta2)));
    const root = v.div(given.biasCorrection2).sqrt().add(epsilon);
    const quotient = m.div(given.biasCorrection1).div(root);
    const direction = weightDecay === 0 ? quotient : quotient.add(parameter.mul(weightDecay));
    const [weight, length] = [parameter.norm(), direction.norm()];
    const rate = layerwise ? learningRate.mul(ratio(weight, length, weight.mul(length))) : learningRate;
    parameter.assign(parameter.sub(direction.mul(rate)));
  }
}
