import { declare, type OptionsOf } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import { RATE, type Schedule } from "./schedule.js";

const INVERSE_SQRT_DECAY = declare(
  "inverseSqrtDecay",
  {
    /** s > 0: after 3s steps the rate is a half. Default 1. */
    steps: number({ default: 1, above: 0, aka: ["decaySteps", "warmupSteps", "timescale"] }),
  },
  { rate: RATE },
);

export interface InverseSqrtDecayOptions extends OptionsOf<typeof INVERSE_SQRT_DECAY> {}

/**
 * The inverse of a root: lr(t) = rate / √(1 + t / s).
 *
 * With s = 1 the first step counts as 1: the courses that print rate / √t have t from 1, t is from 0 here. Behind a warm-up of s steps from
 * 0 it is the schedule of Transformers, rate · min(t / s, √(s / t)): `linearWarmup(inverseSqrtDecay(rate, { steps: s }), { steps: s, start: 0 })`
 * (Vaswani et al.: Attention Is All You Need, arXiv 1706.03762).
 * @param rate at step 0
 * @throws ArgumentError
 * @example linearWarmup(inverseSqrtDecay(1e-3, { steps: 4000 }), { steps: 4000, start: 0 });
 */
export function inverseSqrtDecay(rate: number, options?: InverseSqrtDecayOptions): Schedule;
export function inverseSqrtDecay(...args: unknown[]): Schedule {
  const { rate, steps } = INVERSE_SQRT_DECAY.read(args);
  return (step) => rate / Math.sqrt(1 + step / steps);
}
