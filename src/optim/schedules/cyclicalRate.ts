import { ArgumentError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { callable, choice, count, flag, number } from "../../options/kinds.js";
import { power } from "./exact.js";
import { moving } from "./momentum.js";
import { RATE, type Schedule } from "./schedule.js";

const CYCLICAL_RATE = declare(
  "cyclicalRate",
  {
    /** The greatest rate, ≥ that at step 0. */
    maximum: number({ required: true, min: 0, aka: ["maxLr", "maxRate", "maximalLearningRate"] }),
    /** Steps from the least rate to the greatest, a whole number ≥ 1. Default 2000. */
    stepSizeUp: count({ default: 2000, aka: ["stepSize", "stepsUp"] }),
    /** Steps back, a whole number ≥ 1. Default: as many as up. */
    stepSizeDown: count({ aka: ["stepsDown"] }),
    /**
     * How high the peaks are: "triangular" all alike, "triangular2" each half of the one before, "expRange" by γᵗ. Default "triangular".
     */
    mode: choice(["triangular", "triangular2", "expRange"], { default: "triangular" }),
    /** γ > 0 of "expRange". Default 1. */
    gamma: number({ default: 1, above: 0 }),
    /** The height of the peaks instead, a function of what `scaleMode` says. Default none. */
    scaleFn: callable<(x: number) => number>()("a function", { aka: ["scale"] }),
    /** Whether `scaleFn` is told the cycle 1, 2, … or the step 0, 1, …. Default "cycle". */
    scaleMode: choice(["cycle", "iterations"], { default: "cycle" }),
    /** Whether momentum moves against the rate. Default true. */
    cycleMomentum: flag({ default: true }),
    /** The momentum at the greatest rate, from 0 to below 1. Default 0.8. */
    baseMomentum: number({ default: 0.8, min: 0, below: 1 }),
    /** The momentum at the least rate, from 0 to below 1. Default 0.9. */
    maxMomentum: number({ default: 0.9, min: 0, below: 1 }),
  },
  { rate: RATE },
);

export interface CyclicalRateOptions extends OptionsOf<typeof CYCLICAL_RATE> {}

/**
 * Up and down between two rates in straight lines: lr(t) = rate + (maximum − rate) · h(t) · scale, where h goes from 0 to 1 in `stepSizeUp`
 * steps and back in `stepSizeDown`. Meanwhile the momentum is maxMomentum − (maxMomentum − baseMomentum) · h(t) · scale: the optimizer
 * takes it over as `momentum`, or as `beta1` where it has no momentum.
 *
 * PyTorch's CyclicLR. `scaleFn` takes the place of a mode.
 *
 * Smith: Cyclical Learning Rates for Training Neural Networks (arXiv 1506.01186).
 * @param rate the least, at step 0
 * @throws ArgumentError; at the first step, if the optimizer has neither momentum nor beta1
 * @example cyclicalRate(1e-3, { maximum: 0.1, stepSizeUp: 500, mode: "triangular2" });
 */
export function cyclicalRate(rate: number, options: CyclicalRateOptions): Schedule;
export function cyclicalRate(...args: unknown[]): Schedule {
  const settings = CYCLICAL_RATE.read(args);
  const { rate, maximum, stepSizeUp, stepSizeDown = stepSizeUp, cycleMomentum, baseMomentum, maxMomentum } = settings;
  if (maximum < rate)
    throw new ArgumentError(message(CYCLICAL_RATE.op, `maximum is ${maximum}, rate is ${rate}; expected at least the rate`));
  const length = stepSizeUp + stepSizeDown;
  const scale = scaleOf(settings, length);
  const height = (step: number): number => {
    const since = step % length;
    return (since <= stepSizeUp ? since / stepSizeUp : (length - since) / stepSizeDown) * scale(step);
  };
  const momentum = (step: number): number => maxMomentum - (maxMomentum - baseMomentum) * height(step);
  return moving((step) => rate + (maximum - rate) * height(step), cycleMomentum ? momentum : undefined);
}

/** How high the peaks are, as a function of the step. */
function scaleOf(
  { mode, gamma, scaleFn, scaleMode }: { mode: string; gamma: number; scaleFn?: (x: number) => number; scaleMode: string },
  length: number,
): (step: number) => number {
  const cycle = (step: number): number => 1 + Math.floor(step / length);
  if (scaleFn !== undefined) return scaleMode === "cycle" ? (step) => scaleFn(cycle(step)) : scaleFn;
  if (mode === "triangular") return () => 1;
  return mode === "triangular2" ? (step) => power(0.5, cycle(step) - 1) : (step) => power(gamma, step);
}
