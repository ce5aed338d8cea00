import { ArgumentError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { choice, count, flag, number } from "../../options/kinds.js";
import { cosPi } from "./exact.js";
import { moving } from "./momentum.js";
import { RATE, type Schedule } from "./schedule.js";

const ONE_CYCLE = declare(
  "oneCycle",
  {
    /** Steps of the training, a whole number ≥ 1. Default: epochs · stepsPerEpoch. */
    steps: count({ aka: ["totalSteps"] }),
    /** Epochs of the training, where `steps` is not given, a whole number ≥ 1. */
    epochs: count({}),
    /** Steps of an epoch, where `steps` is not given, a whole number ≥ 1. */
    stepsPerEpoch: count({}),
    /** The part of the steps in which the rate rises, from 0 to 1. Default 0.3. */
    pctStart: number({ default: 0.3, min: 0, max: 1, aka: ["warmup"] }),
    /** Along half a cosine, or a straight line. Default "cos". */
    annealStrategy: choice(["cos", "linear"], { default: "cos" }),
    /** Whether momentum moves against the rate. Default true. */
    cycleMomentum: flag({ default: true }),
    /** The momentum at the greatest rate, from 0 to below 1. Default 0.85. */
    baseMomentum: number({ default: 0.85, min: 0, below: 1 }),
    /** The momentum at the start and at the end, from 0 to below 1. Default 0.95. */
    maxMomentum: number({ default: 0.95, min: 0, below: 1 }),
    /** The rate begins at rate / divFactor, > 0. Default 25. */
    divFactor: number({ default: 25, above: 0 }),
    /** It ends at its beginning / finalDivFactor, > 0. Default 1e4. */
    finalDivFactor: number({ default: 1e4, above: 0 }),
    /** Whether it comes down to its beginning first, in as many steps as it rose, and then to its end. Default false. */
    threePhase: flag({ default: false }),
  },
  { rate: RATE },
);

export interface OneCycleOptions extends OptionsOf<typeof ONE_CYCLE> {}

/** From one rate and momentum to another, up to a step. */
interface Phase {
  readonly end: number;
  readonly rates: readonly [number, number];
  readonly momenta: readonly [number, number];
}

/**
 * The 1cycle policy: up to a great rate, and down to next to nothing until the training ends, while the momentum goes down and up.
 *
 * Phases, each along half a cosine or a line: rate / divFactor → rate, → rate / divFactor / finalDivFactor; with `threePhase` there is a
 * stop at rate / divFactor between. The momentum goes from maxMomentum to baseMomentum and back: the optimizer takes it over as `momentum`,
 * or as `beta1` where it has no momentum. Adam's correction of the bias stays exact, because the powers of β₁ are running products;
 * PyTorch's takes the β₁ in force to the power of t.
 *
 * PyTorch's OneCycleLR. After its last step the rate stays where it is, where PyTorch's throws an error.
 *
 * Smith, Topin: Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates (arXiv 1708.07120).
 * @param rate the greatest
 * @throws ArgumentError; at the first step, if the optimizer has neither momentum nor beta1
 * @example oneCycle(0.1, { steps: 10 * Math.ceil(60_000 / 128) });
 */
export function oneCycle(rate: number, options: OneCycleOptions): Schedule;
export function oneCycle(...args: unknown[]): Schedule {
  const settings = ONE_CYCLE.read(args);
  const { rate, divFactor, finalDivFactor, threePhase, pctStart, baseMomentum, maxMomentum, annealStrategy, cycleMomentum } = settings;
  const steps = stepsOf(settings);
  const start = rate / divFactor;
  const last = start / finalDivFactor;
  const top = pctStart * steps - 1;
  const up: Phase = { end: top, rates: [start, rate], momenta: [maxMomentum, baseMomentum] };
  const phases: readonly Phase[] = threePhase
    ? [
        up,
        { end: 2 * top, rates: [rate, start], momenta: [baseMomentum, maxMomentum] },
        { end: steps - 1, rates: [start, last], momenta: [maxMomentum, maxMomentum] },
      ]
    : [up, { end: steps - 1, rates: [rate, last], momenta: [baseMomentum, maxMomentum] }];
  const at = (step: number, ends: "rates" | "momenta"): number => {
    const t = Math.min(step, steps - 1);
    const found = phases.findIndex(({ end }, i) => t <= end || i === phases.length - 1);
    const [from, to] = phases[found][ends];
    const begin = found === 0 ? 0 : phases[found - 1].end;
    const length = phases[found].end - begin;
    if (length <= 0) return to;
    return annealStrategy === "cos" ? to + ((from - to) / 2) * (cosPi(t - begin, length) + 1) : (to - from) * ((t - begin) / length) + from;
  };
  return moving((step) => at(step, "rates"), cycleMomentum ? (step) => at(step, "momenta") : undefined);
}

/** @throws ArgumentError unless the steps are given in one of two ways */
function stepsOf({ steps, epochs, stepsPerEpoch }: { steps?: number; epochs?: number; stepsPerEpoch?: number }): number {
  if (steps !== undefined && epochs === undefined && stepsPerEpoch === undefined) return steps;
  if (steps === undefined && epochs !== undefined && stepsPerEpoch !== undefined) return epochs * stepsPerEpoch;
  throw new ArgumentError(
    message(ONE_CYCLE.op, `steps is ${steps}, epochs ${epochs}, stepsPerEpoch ${stepsPerEpoch}; expected steps, or the two others`),
  );
}
