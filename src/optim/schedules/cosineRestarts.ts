import { declare, type OptionsOf } from "../../options/declare.js";
import { count, number } from "../../options/kinds.js";
import { cosPi, power } from "./exact.js";
import { MINIMUM, RATE, type Schedule } from "./schedule.js";

const COSINE_RESTARTS = declare(
  "cosineRestarts",
  {
    /** T₀: steps of the first run, a whole number ≥ 1. */
    steps: count({ required: true, aka: ["t0", "firstDecaySteps"] }),
    /** How many times longer each run is than the one before, a whole number ≥ 1. Default 1. */
    multiplier: count({ default: 1, aka: ["tMult", "tMul"] }),
    /** The least rate, ≥ 0. Default 0. */
    minimum: MINIMUM,
    /** How many times the rate above the minimum a restart begins with of that of the one before, > 0. Default 1. */
    damping: number({ default: 1, above: 0, aka: ["mMul"] }),
  },
  { rate: RATE },
);

export interface CosineRestartsOptions extends OptionsOf<typeof COSINE_RESTARTS> {}

/**
 * Half a cosine down to the minimum, again and again: lr = minimum + (rate − minimum) · dampingⁱ · (1 + cos(π τ / Tᵢ)) / 2, τ steps after the
 * beginning of run i, which has Tᵢ = T₀ · multiplierⁱ steps. PyTorch's CosineAnnealingWarmRestarts, which has no damping.
 *
 * Loshchilov, Hutter: SGDR: Stochastic Gradient Descent with Warm Restarts (arXiv 1608.03983).
 * @param rate at step 0
 * @throws ArgumentError
 * @example cosineRestarts(0.1, { steps: 1000, multiplier: 2 });
 */
export function cosineRestarts(rate: number, options: CosineRestartsOptions): Schedule;
export function cosineRestarts(...args: unknown[]): Schedule {
  const { rate, steps, multiplier, minimum, damping } = COSINE_RESTARTS.read(args);
  return (step) => {
    let run = multiplier === 1 ? Math.floor(step / steps) : 0;
    let length = steps;
    let since = step - run * steps;
    for (; since >= length; run++) {
      since -= length;
      length *= multiplier;
    }
    return minimum + ((rate - minimum) * power(damping, run) * (1 + cosPi(since, length))) / 2;
  };
}
