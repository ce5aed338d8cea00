import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf, type SettingsOf } from "../options/declare.js";
import { choice, count, number } from "../options/kinds.js";

const SCALE_BATCH_SIZE = declare("scaleBatchSize", {
  /** The batch size that the values were found with, ≥ 1. Required. */
  from: count({ required: true }),
  /** The batch size to come, ≥ 1. Required. */
  to: count({ required: true }),
  /** "linear", "sqrt" or "momentum". Default "linear". */
  rule: choice(["linear", "sqrt", "momentum"], { default: "linear" }),
  /** The learning rate, a number ≥ 0. Required. */
  learningRate: number({ required: true, min: 0, aka: ["lr"] }),
  /** The momentum of SGD, from 0 to below 1. Default none. */
  momentum: number({ min: 0, below: 1, aka: ["mu"] }),
  /** β₁ of Adam, from 0 to below 1. Default none. */
  beta1: number({ min: 0, below: 1 }),
  /** β₂ of Adam, from 0 to below 1. Default none. */
  beta2: number({ min: 0, below: 1 }),
});

/** Options of `scaleBatchSize`. */
export type ScaleBatchSizeOptions = OptionsOf<typeof SCALE_BATCH_SIZE>;

/** Hyper-parameters for another batch size; those that were not given are left out. */
export interface ScaledHyperparameters {
  learningRate: number;
  momentum?: number;
  beta1?: number;
  beta2?: number;
}

/**
 * Hyper-parameters that train alike with another batch size, where κ = to/from:
 *
 *     "linear"     rate · κ                                                          SGD
 *     "sqrt"       rate · √κ,  1 − β₁ and 1 − β₂ times κ                             Adam and its like
 *     "momentum"   rate as it was, 1 − μ divided by κ                                SGD, where the rate must not grow
 *
 * "linear" and "momentum" keep the scale of the gradient's noise, rate / (B (1 − μ)). All hold for batches that are small beside the noise,
 * and the linear rule wants a warm-up.
 *
 * Linear: Goyal et al., arXiv 1706.02677. √κ: Krizhevsky, arXiv 1404.5997; with β: Malladi, Lyu, Panigrahi, Arora, arXiv 2205.10287.
 * Momentum: Smith, Kindermans, Ying, Le, arXiv 1711.00489.
 * @param options.from batch size of the values @param options.to batch size to come
 * @param options.rule "linear" (default), "sqrt" or "momentum"
 * @param options.learningRate number ≥ 0 @param options.momentum μ, default none @param options.beta1 default none
 * @param options.beta2 default none
 * @throws ArgumentError for an unknown option or one outside its range, and where no momentum or β from 0 to below 1 would do
 * @example
 * const { learningRate } = scaleBatchSize({ from: 32, to: 128, learningRate: 0.1 });
 * console.log(learningRate);   // → 0.4
 */
export function scaleBatchSize(options: ScaleBatchSizeOptions): ScaledHyperparameters {
  checkArity(SCALE_BATCH_SIZE.op, arguments.length, 1);
  const { from, to, rule, learningRate, ...decays } = SCALE_BATCH_SIZE.readOptions(options);
  const ratio = to / from;
  const rate = rule === "linear" ? ratio : rule === "sqrt" ? Math.sqrt(ratio) : 1;
  const scaled: ScaledHyperparameters = { learningRate: learningRate * rate };
  for (const name of ["momentum", "beta1", "beta2"] as const) {
    const decay = decays[name];
    if (decay !== undefined) scaled[name] = decayFor(name, decay, rule, ratio);
  }
  if (rule === "momentum" && decays.momentum === undefined)
    throw new ArgumentError(message(SCALE_BATCH_SIZE.op, 'rule is "momentum", and momentum is not given', "Give momentum: 0.9."));
  return scaled;
}

type Rule = SettingsOf<typeof SCALE_BATCH_SIZE>["rule"];

/** A decay rate for another batch size. @throws ArgumentError where there is none */
function decayFor(name: string, decay: number, rule: Rule, ratio: number): number {
  const own = rule === "momentum" ? name === "momentum" : rule === "sqrt" && name !== "momentum";
  if (!own) return decay;
  const scaled = 1 - (1 - decay) * (rule === "momentum" ? 1 / ratio : ratio);
  if (scaled >= 0 && scaled < 1) return scaled;
  const found = `${name} ${decay} would become ${Number(scaled.toPrecision(6))} with batches ${Number(ratio.toPrecision(6))} times as large`;
  throw new ArgumentError(message(SCALE_BATCH_SIZE.op, `${found}; expected a number from 0 to below 1`, "Change the batch size by less."));
}
