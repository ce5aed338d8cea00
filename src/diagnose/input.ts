import type { Logs } from "../train/callbacks.js";
import type { TrainingRecord } from "../train/trainingRecord.js";
import type { Inspection } from "./inspection.js";

/** How the elements of a tensor of data are spread. */
export interface DataSpread {
  /** The shape of a batch. */
  readonly shape: readonly number[];
  readonly mean: number;
  readonly deviation: number;
  readonly min: number;
  readonly max: number;
  /**
   * The least and the greatest deviation among features (columns of [n, features], channels of [n, channels, …]) that are not constant; null
   * where there are no features of a floating type.
   */
  readonly features: { readonly least: number; readonly greatest: number; readonly constant: number; readonly count: number } | null;
}

/** What the data of a training look like, told by the first batches. */
export interface DataSummary {
  /** The number of samples that were looked at. */
  readonly samples: number;
  /** One for each input of a floating type. */
  readonly inputs: readonly DataSpread[];
  /** One for each output: how its targets are spread; of labels, how often each was seen, by class. */
  readonly targets: readonly (DataSpread & { readonly labels: readonly number[] | null })[];
}

/** What is said of an output of the model. */
export interface OutputSummary {
  /** The name of the loss, such as "crossEntropy"; null: a function of the user's own. */
  readonly loss: string | null;
  /** Whether the loss is of classes, and their number; null: it is not. */
  readonly classes: number | null;
  /** The shape of the output for a batch. */
  readonly shape: readonly number[];
}

/** What is said of the optimizer. */
export interface OptimizerSummary {
  /** Its type, such as "Adam". */
  readonly type: string;
  /** Whether it divides gradients by their running size. */
  readonly adaptive: boolean;
  /** The rate that the next step would take. */
  readonly learningRate: number;
  /** The settings that are numbers, by name: momentum, weightDecay … */
  readonly settings: Readonly<Record<string, number | boolean>>;
}

/** What findings are told of a training: plain numbers and words. */
export interface DiagnosisInput {
  /** How the model stood at some steps, the first one first. */
  readonly records: readonly TrainingRecord[];
  /** The loss of each step; NaN for a batch in which nothing counted. */
  readonly losses: readonly number[];
  /** The figures of each epoch: loss, accuracy, valLoss … */
  readonly epochs: readonly Logs[];
  /** What was not finite, where that ended the training, such as "the loss became NaN at epoch 1, batch 3"; null: it did not. */
  readonly diverged: string | null;
  /** Steps whose loss or gradients were not finite, and that were left out or taken back. */
  readonly incidents: number;
  /** Samples in a batch, as far as one was seen. */
  readonly batchSize: number | null;
  /** Null before the first batch. */
  readonly data: DataSummary | null;
  readonly outputs: readonly OutputSummary[];
  readonly optimizer: OptimizerSummary;
  /** The names of the rules that add to the loss for weights, such as "l2"; "" is one of the user's own. */
  readonly penalties: readonly string[];
  /** How the model is made; null: it was not looked at. */
  readonly inspection: Inspection | null;
}
