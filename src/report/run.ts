import type { Finding } from "../train/finding.js";
import type { Incident } from "../train/incident.js";
import type { Histogram, TrainingRecord } from "../train/trainingRecord.js";

/** How a training stands. */
export type RunStatus = "running" | "paused" | "done" | "stopped" | "failed";

/**
 * A training as plain JSON: what a report and a dashboard show of it, and what files can keep. A number that is not finite is null; within
 * `records` JSON makes it null.
 */
export interface Run {
  /** Tells the run from others. */
  readonly id: string;
  readonly name: string;
  /** When it began and ended, as ISO 8601 has it; null: not known, or not yet. */
  readonly started: string | null;
  readonly ended: string | null;
  readonly status: RunStatus;
  /** The version of the library. */
  readonly version: string;
  readonly machine: Machine | null;
  readonly model: ModelTable | null;
  readonly optimizer: OptimizerTable | null;
  /** What `fit` was told, as far as it is a number, a word or a flag: epochs, batchSize, shuffle … */
  readonly settings: Readonly<Record<string, Setting>>;
  readonly steps: StepSeries;
  readonly epochs: EpochSeries;
  /** How the layers stood at some steps; empty without a diagnosis. */
  readonly records: readonly TrainingRecord[];
  /** What the diagnosis found, the worst first. */
  readonly findings: readonly Finding[];
  /** Batches whose loss or gradients were not finite. */
  readonly incidents: readonly Incident[];
  /** What the model made of data after the training, one for each output; empty where there were none. */
  readonly evaluation: readonly OutputEvaluation[];
}

export type Setting = number | string | boolean | null;

/** Where the training ran. */
export interface Machine {
  /** Such as "linux x64". */
  readonly platform: string;
  /** Such as "Node 24.1.0". */
  readonly runtime: string;
  readonly processor: string | null;
  readonly threads: number;
  /** The build of the kernels: "js", "simd", "relaxed". */
  readonly kernels: string;
}

/** The layers of a model. */
export interface ModelTable {
  readonly type: string;
  /** Number of parameters; null while a layer is not built. */
  readonly parameters: number | null;
  readonly trainable: number | null;
  readonly bytes: number | null;
  readonly layers: readonly LayerRow[];
}

/** A layer in the table of a model. */
export interface LayerRow {
  /** Path in the model. */
  readonly path: string;
  readonly type: string;
  /** Shape of the output without the samples, such as "[16, 12, 12]"; "?": not known. */
  readonly shape: string;
  /** Null: not built. */
  readonly parameters: number | null;
}

export interface OptimizerTable {
  /** Such as "Adam". */
  readonly type: string;
  readonly settings: Readonly<Record<string, Setting>>;
}

/**
 * The losses of the steps in buckets of `width` steps, of which there are at most some thousand however long the training is. `low` and
 * `high` keep every spike. All lists have one length.
 */
export interface StepSeries {
  /** Number of steps in a bucket, a power of 2. The last bucket may have fewer. */
  readonly width: number;
  /** Number of steps in all. */
  readonly count: number;
  /** The number of the last step in each bucket, counted from 1. */
  readonly step: readonly number[];
  /** The mean over the bucket; null where no loss was finite. */
  readonly loss: readonly (number | null)[];
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
  /** The rate of the bucket's last step; null where it is not known. */
  readonly learningRate: readonly (number | null)[];
}

/** The figures of the epochs. All lists have one length. */
export interface EpochSeries {
  /** Numbers of the epochs, from 0. */
  readonly epoch: readonly number[];
  /** How many steps were made when each ended; null: not known. */
  readonly step: readonly (number | null)[];
  /** How long each took, with its evaluation; null: not known. */
  readonly seconds: readonly (number | null)[];
  /** loss, accuracy, valLoss … */
  readonly figures: Readonly<Record<string, readonly (number | null)[]>>;
}

/** What the model made of data, in one of its outputs. */
export interface OutputEvaluation {
  /** The name of the output; null where it is the only one. */
  readonly output: string | null;
  /** The number of samples. */
  readonly samples: number;
  /** What is said in numbers: accuracy, calibrationError, rmse … */
  readonly figures: Readonly<Record<string, number | null>>;
  /** Null unless it predicts classes. */
  readonly classes: ClassEvaluation | null;
  /** Null unless it predicts values. */
  readonly values: ValueEvaluation | null;
  /** The samples that it was most wrong about, the worst first. */
  readonly worst: readonly WorstSample[];
}

export interface ClassEvaluation {
  readonly names: readonly string[];
  /** confusion[true][predicted]; null where each column is a class of its own. */
  readonly confusion: readonly (readonly number[])[] | null;
  /** How often predictions are right that are equally sure. */
  readonly calibration: Calibration;
  /** Of two classes, else null. */
  readonly roc: RocCurve | null;
}

/** The bins of a reliability diagram, from the least confidence up. */
export interface Calibration {
  /** Null in an empty bin. */
  readonly confidence: readonly (number | null)[];
  readonly accuracy: readonly (number | null)[];
  readonly count: readonly number[];
  /** The expected calibration error. */
  readonly error: number | null;
}

/** Points of the curve, thinned. */
export interface RocCurve {
  readonly falsePositive: readonly number[];
  readonly truePositive: readonly number[];
  readonly area: number | null;
}

export interface ValueEvaluation {
  /** Predictions beside their targets: a sample of them. */
  readonly predicted: readonly number[];
  readonly target: readonly number[];
  /** Of prediction − target, over all. */
  readonly residuals: Histogram;
}

/** A sample that the model was wrong about. */
export interface WorstSample {
  /** Its place in the data. */
  readonly index: number;
  /** How wrong: 1 − the probability of the true class, or the mean of |prediction − target|. */
  readonly error: number;
  readonly truth: string;
  readonly predicted: string;
  /** The probability of what was predicted; null of values. */
  readonly confidence: number | null;
  /** A PNG file as a data URI, where the sample is an image. */
  readonly picture: string | null;
  /** What the sample was, in words, where it is none. */
  readonly text: string | null;
}
