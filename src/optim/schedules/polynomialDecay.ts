import { declare, type OptionsOf } from "../../options/declare.js";
import { flag, number } from "../../options/kinds.js";
import { realPower } from "./realPower.js";
import { MINIMUM, RATE, type Schedule, STEPS } from "./schedule.js";

const POLYNOMIAL_DECAY = declare(
  "polynomialDecay",
  {
    /** Steps to the minimum, a whole number ≥ 1. */
    steps: STEPS,
    /** The exponent p ≥ 0. Default 1. */
    power: number({ default: 1, min: 0 }),
    /** The rate from step `steps` on, ≥ 0. Default 0. */
    minimum: MINIMUM,
    /** Whether the way is stretched to 2 · steps, 3 · steps, … each time when its end is reached. Default false. */
    cycle: flag({ default: false }),
  },
  { rate: RATE },
);

export interface PolynomialDecayOptions extends OptionsOf<typeof POLYNOMIAL_DECAY> {}

/**
 * A power of what is left: lr(t) = minimum + (rate − minimum) · (1 − t / steps)ᵖ, and minimum after `steps`. PyTorch's PolynomialLR,
 * which has no minimum; Keras' PolynomialDecay, whose minimum is 1e-4 by default.
 * @param rate at step 0
 * @throws ArgumentError
 * @example polynomialDecay(0.1, { steps: 10_000, power: 2 });
 */
export function polynomialDecay(rate: number, options: PolynomialDecayOptions): Schedule;
export function polynomialDecay(...args: unknown[]): Schedule {
  const { rate, steps, power, minimum, cycle } = POLYNOMIAL_DECAY.read(args);
  return (step) => {
    const end = cycle ? steps * Math.max(1, Math.ceil(step / steps)) : steps;
    return minimum + (rate - minimum) * realPower(1 - Math.min(step, end) / end, power);
  };
}
