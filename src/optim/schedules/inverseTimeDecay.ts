import { declare, type OptionsOf } from "../../options/declare.js";
import { flag, number } from "../../options/kinds.js";
import { realPower } from "./realPower.js";
import { RATE, type Schedule } from "./schedule.js";

const INVERSE_TIME_DECAY = declare(
  "inverseTimeDecay",
  {
    /** s > 0: after s steps the rate is a half, after 2s a third. Default 1. */
    steps: number({ default: 1, above: 0, aka: ["decaySteps"] }),
    /** The exponent c ≥ 0. Default 1. */
    power: number({ default: 1, min: 0 }),
    /** Whether only whole multiples of s count. Default false. */
    staircase: flag({ default: false }),
  },
  { rate: RATE },
);

export interface InverseTimeDecayOptions extends OptionsOf<typeof INVERSE_TIME_DECAY> {}

/**
 * Power scheduling: lr(t) = rate / (1 + t / s)ᶜ.
 *
 * With s = 1 it is the inverse of the time, where the first step counts as 1: the course that prints rate / t has t from 1, t is from 0
 * here. Keras' InverseTimeDecay divides by 1 + decayRate · t / decaySteps: s is decaySteps / decayRate; `decay: d` of `SGD` is s = 1 / d.
 * @param rate at step 0
 * @throws ArgumentError
 * @example inverseTimeDecay(0.01, { steps: 10_000 });
 */
export function inverseTimeDecay(rate: number, options?: InverseTimeDecayOptions): Schedule;
export function inverseTimeDecay(...args: unknown[]): Schedule {
  const { rate, steps, power, staircase } = INVERSE_TIME_DECAY.read(args);
  return (step) => rate / realPower(1 + (staircase ? Math.floor(step / steps) : step / steps), power);
}
