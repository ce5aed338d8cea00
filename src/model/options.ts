import { declare, type OptionsOf } from "../options/declare.js";
import { abortSignal, choice, count, flag, number } from "../options/kinds.js";
import { type OptionSpec, option } from "../options/option.js";
import type { Callback } from "../train/callbacks.js";
import { classWeightOption } from "../train/classWeight.js";
import type { TrainingData } from "../train/data.js";

const noCallbacks: OptionSpec<readonly Callback[]> & { default: readonly Callback[] } = {
  default: [],
  mend: () => "Write callbacks: [new EarlyStopping()].",
};

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;

export const FIT = declare("fit", {
  /** How often the data are walked, a whole number ≥ 0. Default 1. */
  epochs: number({ default: 1, min: 0, whole: true }),
  /** Samples a step; an iterable makes its own batches. Default 32. */
  batchSize: count({ default: 32 }),
  /** A new seeded order every epoch. Default true. */
  shuffle: flag({ default: true }),
  /** Share of the samples, taken from the end before shuffling, that is evaluated after every epoch and not trained on. Default 0. */
  validationSplit: number({ default: 0, min: 0, below: 1 }),
  /** What is evaluated after every epoch. Default none. */
  validationData: option<TrainingData, Record<never, never>>("{ x, y, weight? } or an iterable of such batches", isObject, {}),
  /** How much each class counts, by label. Default: alike. */
  classWeight: classWeightOption,
  /** Objects of `Callback`, or with some of its hooks. Default none. */
  callbacks: option<readonly Callback[], { default: readonly Callback[] }>("an array", Array.isArray, noCallbacks),
  /** 1: progress on stderr; 0: nothing. Default 1. */
  verbose: choice([0, 1], { default: 1 }),
  /** Whether steps may be captured (see `capture`), where all layers and losses are the library's or say they may. Default true. */
  capture: flag({ default: true }),
  /** Aborts training: `fit` rejects with `signal.reason`; `model.history` keeps the epochs done. Default none. */
  signal: abortSignal({}),
});

/** Options of `fit`. */
export interface FitOptions extends OptionsOf<typeof FIT> {}

const EVALUATION = {
  /** Samples that are computed at once. Default 256. */
  batchSize: count({ default: 256 }),
  /** Rejects with its reason. Default none. */
  signal: abortSignal({}),
};

export const EVALUATE = declare("evaluate", EVALUATION);
export const PREDICT = declare("predict", EVALUATION);

/** Options of `evaluate`. */
export interface EvaluateOptions extends OptionsOf<typeof EVALUATE> {}

/** Options of `predict`. */
export interface PredictOptions extends OptionsOf<typeof PREDICT> {}

export const SUMMARY = declare("summary", {
  /** Samples of the batch whose memory the last line tells. Default 32. */
  batchSize: count({ default: 32 }),
});

/** Options of `summary`. */
export interface SummaryOptions extends OptionsOf<typeof SUMMARY> {}
