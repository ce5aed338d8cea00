import type { DiagnosisOptions } from "../diagnose/diagnosis.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { abortSignal, choice, count, flag, number } from "../options/kinds.js";
import { type OptionSpec, option } from "../options/option.js";
import { YIELD_EVERY } from "../train/breathe.js";
import type { Callback } from "../train/callbacks.js";
import { classWeightOption } from "../train/classWeight.js";
import type { TrainingData } from "../train/data.js";
import type { BatchSize } from "../train/epochs.js";
import type { Observer } from "../train/observer.js";
import { onNonFinite } from "../train/onNonFinite.js";
import type { Checkpoint, CheckpointOptions } from "./checkpoint.js";
import type { DashboardOptions } from "./dashboardOptions.js";

const noCallbacks: OptionSpec<readonly Callback[]> & { default: readonly Callback[] } = {
  default: [],
  mend: () => "Write callbacks: [new EarlyStopping()].",
};

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;

const isPathOrObject = (value: unknown): boolean => typeof value === "string" || isObject(value);

const isFlagOrObject = (value: unknown): boolean => typeof value === "boolean" || isObject(value);

const isBatchSize = (value: unknown): boolean => typeof value === "function" || (Number.isSafeInteger(value) && (value as number) >= 1);

export const FIT = declare("fit", {
  /** The number of the last epoch, counted from 1: the number of epochs, if none is done before. A whole number ≥ 0. Default 1. */
  epochs: number({ default: 1, min: 0, whole: true }),
  /** The number of samples in a step, or a function that gives it for each epoch; an iterable makes its own batches. Default 32. */
  batchSize: option<BatchSize, { default: 32 }>("a whole number ≥ 1, or a function of the epoch", isBatchSize, { default: 32 }),
  /** Whether each sample is drawn from all of them: minibatches with replacement. Default false. */
  replacement: flag({ default: false }),
  /** Whether the samples have a new order in every pass over them, which depends on the seed. Default true. */
  shuffle: flag({ default: true }),
  /** Whether a last batch of fewer samples is left out of every pass. Default false. */
  dropLast: flag({ default: false, aka: ["dropRemainder"] }),
  /** The number of steps in an epoch; the next epoch goes on with the batch after its last. Default: as many as one pass has. */
  stepsPerEpoch: count({ aka: ["batchesPerEpoch"] }),
  /**
   * The number of batches that make one step of the optimizer, as if they were one batch: k batches of n samples are one of k · n, in less
   * memory. The last ones of an epoch make a step of fewer. Default 1.
   */
  accumulate: count({ default: 1, aka: ["gradientAccumulationSteps", "accumulateGradBatches"] }),
  /** The number of epochs that are done before, a whole number from 0 to `epochs`. Default 0. */
  initialEpoch: number({ default: 0, min: 0, whole: true }),
  /** Share of the samples, taken from the end before shuffling, that is evaluated after every epoch and not trained on. Default 0. */
  validationSplit: number({ default: 0, min: 0, below: 1 }),
  /** Data on which the model is evaluated after every epoch. Default none. */
  validationData: option<TrainingData, Record<never, never>>("{ x, y, weight? } or an iterable of such batches", isObject, {}),
  /** The number of batches that are evaluated after every epoch. Default: all. */
  validationSteps: count({ aka: ["validationBatches"] }),
  /**
   * What is done about a loss or a gradient that is not finite: "stop" ends training with a DivergedError, "skip" leaves the batch out,
   * "rollback" goes back to the last good state at a lower rate; see `FiniteGuard`. Default "stop".
   */
  onNonFinite,
  /** The weight of each class in the loss, by label, numbers ≥ 0; of soft targets that of the most probable class. Default: all 1. */
  classWeight: classWeightOption,
  /** Objects of `Callback`, or with some of its hooks. Default none. */
  callbacks: option<readonly Callback[], { default: readonly Callback[] }>("an array", Array.isArray, noCallbacks),
  /** 1 shows progress on stderr, 0 shows nothing. Default 1. */
  verbose: choice([0, 1], { default: 1 }),
  /** Whether steps may be captured (see `capture`), if all layers and losses are the library's or marked capturable. Default true. */
  capture: flag({ default: true }),
  /** Milliseconds after which the event loop gets a turn, between two batches: 0 after every batch, Infinity never. Default 10. */
  yieldEvery: number({ default: YIELD_EVERY, min: 0, infinite: true }),
  /** Where and how often the state of the training is written: `{ path, every, keep, best }`, a path, or a `Checkpoint`. Default nowhere. */
  checkpoint: option<Checkpoint | CheckpointOptions | string, Record<never, never>>("a path, options or a Checkpoint", isPathOrObject, {}),
  /** Whether training goes on from the checkpoint, if there is one. Default false. */
  resume: flag({
    default: false,
    mend: (value) => (typeof value === "string" ? "The path is told by checkpoint: { path }." : undefined),
  }),
  /**
   * What looks at layers, gradients and figures while the model trains, and says in words what is wrong: true, options, or a `Diagnosis`. The
   * history has its `findings` and `records`. Default false.
   */
  diagnose: option<boolean | DiagnosisOptions | Observer, Record<never, never>>("true, options or a Diagnosis", isFlagOrObject, {}),
  /** A page of this machine that shows the training while it runs: true, options, or a `Dashboard`. Default false. */
  ui: option<boolean | DashboardOptions | Observer, Record<never, never>>("true, options or a Dashboard", isFlagOrObject, {}),
  /** Signal that aborts training: `fit` rejects with `signal.reason`, and `model.history` keeps the epochs done. Default none. */
  signal: abortSignal({}),
});

/** Options of `fit`. */
export interface FitOptions extends OptionsOf<typeof FIT> {}

const EVALUATION = {
  /** The number of samples that are computed at once. Default 256. */
  batchSize: count({ default: 256 }),
  /** Milliseconds after which the event loop gets a turn, between two batches: 0 after every batch, Infinity never. Default 10. */
  yieldEvery: number({ default: YIELD_EVERY, min: 0, infinite: true }),
  /** Signal that aborts the run, which rejects with `signal.reason`. Default none. */
  signal: abortSignal({}),
};

export const EVALUATE = declare("evaluate", EVALUATION);
export const PREDICT = declare("predict", EVALUATION);

/** Options of `evaluate`. */
export interface EvaluateOptions extends OptionsOf<typeof EVALUATE> {}

/** Options of `predict`. */
export interface PredictOptions extends OptionsOf<typeof PREDICT> {}

export const SUMMARY = declare("summary", {
  /** The number of samples in the batch whose memory the last line shows. Default 32. */
  batchSize: count({ default: 32 }),
});

/** Options of `summary`. */
export interface SummaryOptions extends OptionsOf<typeof SUMMARY> {}
