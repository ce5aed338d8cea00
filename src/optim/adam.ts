import * as kernels from "../kernels/generated.js";
import { checkNumber } from "../tensor/check.js";
import type { OptimizerOptions, Settings } from "./group.js";
import { Optimizer } from "./optimizer.js";
import type { Run } from "./runs.js";
import type { Schedule } from "./schedules.js";

export interface AdamOptions extends OptimizerOptions {
  /** Finite number ≥ 0, or a schedule; default 1e-3. */
  learningRate?: number | Schedule;
  /** Decay of the mean gradient, 0 ≤ β₁ < 1; default 0.9. */
  beta1?: number;
  /** Decay of the mean squared gradient, 0 ≤ β₂ < 1; default 0.999. */
  beta2?: number;
  /** ε > 0, outside the root; default 1e-8. */
  epsilon?: number;
  /** λ ≥ 0. Adam adds λθ to the gradient, default 0; AdamW shrinks θ by lr · λ, default 0.01. */
  weightDecay?: number;
  /** Divide by the greatest mean square so far; default false. */
  amsgrad?: boolean;
  /** Climb instead of descend; default false. */
  maximize?: boolean;
}

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
 * Defaults: learningRate 1e-3, beta1 0.9, beta2 0.999, epsilon 1e-8, weightDecay 0, amsgrad false, maximize false.
 *
 * As PyTorch's Adam. ε is added after the bias correction, as in the paper's algorithm 1 (Keras and TensorFlow add the
 * "epsilon hat" of its section 2). ε must be above 0: a parameter whose gradient stays 0 would become 0/0. The powers of β
 * are running products.
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
  static override readonly type: string = "Adam";
  static override readonly defaults = {
    learningRate: 1e-3,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
    amsgrad: false,
    maximize: false,
  };

  /** Whether the decay bypasses the gradient. */
  protected readonly decoupled: boolean = false;

  protected override readonly clipsValues = true;

  protected override check({ beta1, beta2, epsilon, weightDecay }: Settings<AdamOptions>, op: string): void {
    for (const [name, beta] of Object.entries({ beta1, beta2 })) {
      checkNumber(op, name, beta, "a number from 0 to below 1", (value) => value >= 0 && value < 1);
    }
    checkEpsilon(op, epsilon);
    checkNumber(op, "weightDecay", weightDecay, "a number ≥ 0", (value) => value >= 0 && value < Infinity);
  }

  protected override stateNames({ amsgrad }: Settings<AdamOptions>): readonly string[] {
    return amsgrad ? WITH_GREATEST : MOMENTS;
  }

  protected override decayRates({ beta1, beta2 }: Settings<AdamOptions>): readonly number[] {
    return [beta1, beta2];
  }

  protected override update({ p, g, states, cell, length, dtype }: Run, options: Settings<AdamOptions>): void {
    const { beta1, beta2, epsilon, weightDecay } = options;
    const [m, v, greatest] = states;
    const vMax = options.amsgrad ? greatest : 0;
    const coupledDecay = this.decoupled ? 0 : weightDecay;
    const decoupledDecay = this.decoupled ? weightDecay : 0;
    const maximize = Number(options.maximize);
    kernels.adam({ p, g, m, v, vMax, cell, beta1, beta2, epsilon, coupledDecay, decoupledDecay, maximize }, 0, length, dtype);
  }
}

const MOMENTS = ["m", "v"];
const WITH_GREATEST = ["m", "v", "vMax"];

/** ε must be more than nothing in float32 too. @throws ArgumentError */
export function checkEpsilon(op: string, epsilon: unknown): void {
  checkNumber(op, "epsilon", epsilon, "a number above 0", (value) => Math.fround(value) > 0 && value < Infinity);
}
