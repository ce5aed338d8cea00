import * as kernels from "../kernels/generated.js";
import { checkNumber } from "../tensor/check.js";
import { checkEpsilon } from "./adam.js";
import type { OptimizerOptions, Settings } from "./group.js";
import { Optimizer } from "./optimizer.js";
import type { Run } from "./runs.js";
import type { Schedule } from "./schedules.js";

export interface RMSpropOptions extends OptimizerOptions {
  /** Finite number ≥ 0, or a schedule; default 1e-3. */
  learningRate?: number | Schedule;
  /** Decay of the mean squared gradient, 0 ≤ ρ < 1; default 0.9. PyTorch calls it alpha. */
  rho?: number;
  /** ε > 0, outside the root; default 1e-8. */
  epsilon?: number;
  /** μ ≥ 0, default 0. */
  momentum?: number;
  /** Divide by the standard deviation instead of the root mean square; default false. */
  centered?: boolean;
  /** λ ≥ 0, added to the gradient as λθ; default 0. */
  weightDecay?: number;
  /** Climb instead of descend; default false. */
  maximize?: boolean;
}

/**
 * RMSprop: the gradient over the root of its mean square.
 *
 *     g ← ∇ + λθ
 *     v ← ρv + (1 − ρ)g²
 *     d = g / (√v + ε),   centered g / (√(v − m²) + ε) with m ← ρm + (1 − ρ)g
 *     θ ← θ − lr · d,     with momentum u ← μu + d, θ ← θ − lr · u
 *
 * Defaults: learningRate 1e-3, rho 0.9, epsilon 1e-8, momentum 0, centered false, weightDecay 0, maximize false.
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
  static override readonly type = "RMSprop";
  static override readonly defaults = {
    learningRate: 1e-3,
    rho: 0.9,
    epsilon: 1e-8,
    momentum: 0,
    centered: false,
    weightDecay: 0,
    maximize: false,
  };

  protected override readonly clipsValues = true;

  protected override check({ rho, epsilon, momentum, weightDecay }: Settings<RMSpropOptions>, op: string): void {
    checkNumber(op, "rho", rho, "a number from 0 to below 1", (value) => value >= 0 && value < 1);
    checkEpsilon(op, epsilon);
    checkNumber(op, "momentum", momentum, "a number ≥ 0", (value) => value >= 0 && value < Infinity);
    checkNumber(op, "weightDecay", weightDecay, "a number ≥ 0", (value) => value >= 0 && value < Infinity);
  }

  protected override stateNames({ centered, momentum }: Settings<RMSpropOptions>): readonly string[] {
    return ["v", ...(momentum === 0 ? [] : ["velocity"]), ...(centered ? ["mean"] : [])];
  }

  protected override update({ p, g, states, cell, length, dtype }: Run, options: Settings<RMSpropOptions>): void {
    const { rho, epsilon, momentum, weightDecay } = options;
    const velocity = momentum === 0 ? 0 : states[1];
    const mean = options.centered ? states[states.length - 1] : 0;
    const maximize = Number(options.maximize);
    kernels.rmsprop({ p, g, v: states[0], mean, velocity, cell, rho, epsilon, momentum, weightDecay, maximize }, 0, length, dtype);
  }
}
