import { NADAM_CELL } from "../kernels/generated/constants.js";
import * as kernels from "../kernels/generated.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag, number } from "../options/kinds.js";
import type { Age } from "./cohorts.js";
import type { ClippingOptions } from "./declaration.js";
import type { UpdateKernel } from "./formula.js";
import type { Settings } from "./group.js";
import { Optimizer } from "./optimizer.js";
import { decayOf, decoupledWeightDecay, epsilon, learningRate, meanDecay, weightDecay } from "./options.js";
import { realPower } from "./schedules/realPower.js";
import type { StateNames } from "./segment.js";

const NADAM = declare("Nadam", {
  /** Finite number ≥ 0, or a schedule. Default 2e-3. */
  learningRate: learningRate(2e-3),
  /** Decay of the mean gradient, 0 ≤ β₁ < 1, and the momentum after many steps. Default 0.9. */
  beta1: meanDecay(0.9, "betas"),
  /** Decay of the mean squared gradient, 0 ≤ β₂ < 1. Default 0.999. */
  beta2: meanDecay(0.999),
  /** ε > 0, outside the root. Default 1e-8. */
  epsilon: epsilon(1e-8),
  /** λ ≥ 0. Default 0. */
  weightDecay: weightDecay(0),
  /** ψ ≥ 0: how fast the momentum rises from β₁ · 0.52 to β₁. Default 4e-3. */
  momentumDecay: number({ default: 4e-3, min: 0, aka: ["scheduleDecay"] }),
  /** Whether the parameters shrink by lr · λ, as AdamW's do, instead of λθ being added to the gradient. Default false. */
  decoupledWeightDecay: decoupledWeightDecay(),
  /** Climb instead of descend. Default false. */
  maximize: flag({ default: false }),
});

export interface NadamOptions extends OptionsOf<typeof NADAM>, ClippingOptions {}

/**
 * Nadam: Adam with Nesterov's momentum, which looks one step ahead.
 *
 *     g ← ∇ + λθ
 *     m ← β₁m + (1 − β₁)g
 *     v ← β₂v + (1 − β₂)g²
 *     μₜ = β₁ (1 − ½ · 0.96^(tψ)),   Πμ = μ₁ · μ₂ ⋯ μₜ
 *     d = (1 − μₜ)/(1 − Πμ) · g + μₜ₊₁/(1 − Πμ · μₜ₊₁) · m
 *     θ ← θ − lr · d / (√(v/(1 − β₂ᵗ)) + ε)
 *
 * As PyTorch's NAdam from 2.0 on; 1.13 has μₜ² · μₜ₊₁ in place of μₜ · μₜ₊₁ in the last product, unless `foreach` is set. Keras' Nadam has
 * learning rate 1e-3 and ε 1e-7; its older word for ψ is schedule_decay. The powers are running products.
 *
 * Dozat: Incorporating Nesterov Momentum into Adam (ICLR 2016 workshop).
 *
 * @throws ArgumentError for an unknown option or one outside its range
 * @example
 * const optimizer = new Nadam(model.parameters(), { weightDecay: 0.01, decoupledWeightDecay: true });
 */
export class Nadam extends Optimizer<NadamOptions> {
  static override readonly options = NADAM;
  static override readonly kernel: UpdateKernel = { run: kernels.nadam, cell: NADAM_CELL };

  protected override stateNames(): StateNames {
    return ["m", "v"];
  }

  /** Πμ, β₂ᵗ and 0.96^(tψ). */
  protected override decayRates(
    { beta1, beta2, momentumDecay }: Settings<NadamOptions>,
    [, , power = 1]: readonly number[],
  ): readonly number[] {
    const decay = realPower(0.96, momentumDecay);
    return [momentumAt(beta1, power * decay), beta2, decay];
  }

  protected override coefficients(
    { beta1, momentumDecay }: Settings<NadamOptions>,
    _rate: number,
    { products }: Age,
  ): Record<string, number> {
    const decay = realPower(0.96, momentumDecay);
    const power = products[2] * decay;
    return { momentum: momentumAt(beta1, power), nextMomentum: momentumAt(beta1, power * decay) };
  }

  protected override hyperparameters(options: Settings<NadamOptions>): Readonly<Record<string, unknown>> {
    return decayOf(options);
  }
}

/** μ, from 0.96^(tψ). */
function momentumAt(beta1: number, power: number): number {
  return beta1 * (1 - 0.5 * power);
}
