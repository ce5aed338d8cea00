import { ASGD_CELL } from "../kernels/generated/constants.js";
import * as kernels from "../kernels/generated.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag, number } from "../options/kinds.js";
import type { Age } from "./cohorts.js";
import type { ClippingOptions } from "./declaration.js";
import type { UpdateKernel } from "./formula.js";
import type { Settings } from "./group.js";
import { Optimizer } from "./optimizer.js";
import { learningRate } from "./options.js";
import { realPower } from "./schedules/realPower.js";
import type { StateNames } from "./segment.js";

const ASGD_OPTIONS = declare("ASGD", {
  /** Finite number ≥ 0, or a schedule. Default 0.01. */
  learningRate: learningRate(0.01),
  /** λ ≥ 0: the parameters shrink by η · λ, and the rate falls with λ. Default 1e-4. */
  lambd: number({ default: 1e-4, min: 0, aka: ["lambda"] }),
  /** α ≥ 0: the power by which the rate falls. Default 0.75. */
  alpha: number({ default: 0.75, min: 0 }),
  /** ≥ 0: after how many updates the average begins. Default 1e6. */
  t0: number({ default: 1e6, min: 0 }),
  /** ≥ 0, added to the gradient as weightDecay · θ. Default 0. */
  weightDecay: number({ default: 0, min: 0, aka: ["l2", "wd"] }),
  /** Climb instead of descend. Default false. */
  maximize: flag({ default: false }),
});

export interface ASGDOptions extends OptionsOf<typeof ASGD_OPTIONS>, ClippingOptions {}

/**
 * Averaged stochastic gradient descent: steps of a rate that falls, and the mean of the parameters on the way.
 *
 *     η = lr / (1 + λ · lr · (t − 1))^α
 *     g ← ∇ + weightDecay · θ
 *     θ ← (1 − η · λ) θ − η · g
 *     a ← a + (θ − a) / max(1, t − 1 − t0)
 *
 * As PyTorch's ASGD, except that under a schedule η follows the learning rate of its own step, where PyTorch has that of the step before. The
 * model keeps θ; `stateDict()` has the average, as the state `average`.
 *
 * Polyak, Juditsky: Acceleration of Stochastic Approximation by Averaging (SIAM Journal on Control and Optimization 30, 1992).
 *
 * @throws ArgumentError for an unknown option or one outside its range
 * @example
 * const optimizer = new ASGD(model.parameters(), { learningRate: 0.1, t0: 100 });
 */
export class ASGD extends Optimizer<ASGDOptions> {
  static override readonly options = ASGD_OPTIONS;
  static override readonly kernel: UpdateKernel = { run: kernels.asgd, cell: ASGD_CELL };

  protected override stateNames(): StateNames {
    return ["average"];
  }

  protected override coefficients({ lambd, alpha, t0 }: Settings<ASGDOptions>, rate: number, { steps }: Age): Record<string, number> {
    // PyTorch keeps the rate in float32, whatever the parameters are.
    return { rate: Math.fround(rate / realPower(1 + lambd * rate * steps, alpha)), share: 1 / Math.max(1, steps - t0) };
  }
}
