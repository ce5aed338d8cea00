import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import { ClassCounts, COUNTED, type Counts, share } from "./classCounts.js";

const PRECISION = declare("precision", COUNTED);
const RECALL = declare("recall", COUNTED);
const F_BETA = declare("fBeta", {
  /** β > 0: a β times as great recall counts as much as precision. Default 1. */
  beta: number({ default: 1, above: 0 }),
  ...COUNTED,
});

/** Options of `Precision`. */
export interface PrecisionOptions extends OptionsOf<typeof PRECISION> {}

/** Options of `Recall`. */
export interface RecallOptions extends OptionsOf<typeof RECALL> {}

/** Options of `FBeta`. */
export interface FBetaOptions extends OptionsOf<typeof F_BETA> {}

/**
 * Share of what is predicted that is true: hits / (hits + false alarms), 0 where nothing is predicted. Of a single column the precision
 * of class 1; of several an average over the classes, of which those that are neither true nor predicted do not count. `perClass` has
 * that of each. Classes are told as `Accuracy` tells them; the numbers are scikit-learn's.
 * Shape:     prediction [n, classes, …], target labels [n, …] or one-hot or soft rows; or both [n] or [n, 1]; or both of one shape
 *            with several labels a sample
 * @param options.average "macro", "weighted" or "micro"; default "macro", and of a single column class 1 alone
 * @param options.threshold of a single column, default 0.5, or 0 for logits
 * @param options.fromLogits as for `Accuracy`
 * @param options.ignoreIndex as for `Accuracy`
 * @param options.multiLabel as for `Accuracy`; each column then has its own precision
 * @throws ArgumentError for an unknown option; at update ShapeError, IndexError for a label outside the classes
 * @example
 * const precision = new Precision();
 * precision.update(tensor([0.9, 0.8, 0.2, 0.6]), tensor([1, 0, 1, 1]));
 * precision.result();   // 0.66667
 */
export class Precision extends ClassCounts {
  static readonly aka: readonly string[] = ["positivePredictiveValue"];
  readonly name = "precision";

  constructor(options?: PrecisionOptions) {
    checkArity(PRECISION.op, arguments.length, 1);
    super(PRECISION.readOptions(options));
  }

  protected figure({ hits, falseAlarms }: Counts): number {
    return share(hits, hits + falseAlarms);
  }
}

/**
 * Share of what is true that is predicted: hits / (hits + misses), 0 where nothing is true. Everything else is as for `Precision`.
 * Shape:     as for `Precision`
 * @param options.average "macro", "weighted" or "micro"; default "macro", and of a single column class 1 alone
 * @param options.threshold of a single column, default 0.5, or 0 for logits
 * @param options.fromLogits as for `Accuracy`
 * @param options.ignoreIndex as for `Accuracy`
 * @param options.multiLabel as for `Accuracy`; each column then has its own recall
 * @throws ArgumentError for an unknown option; at update ShapeError, IndexError for a label outside the classes
 * @example
 * const recall = new Recall();
 * recall.update(tensor([0.9, 0.8, 0.2, 0.6]), tensor([1, 0, 1, 1]));
 * recall.result();   // 0.66667
 */
export class Recall extends ClassCounts {
  static readonly aka: readonly string[] = ["sensitivity", "truePositiveRate"];
  readonly name = "recall";

  constructor(options?: RecallOptions) {
    checkArity(RECALL.op, arguments.length, 1);
    super(RECALL.readOptions(options));
  }

  protected figure({ hits, misses }: Counts): number {
    return share(hits, hits + misses);
  }
}

/**
 * The weighted harmonic mean of precision and recall, (1 + β²) · P · R / (β² · P + R): with β = 1 the F1 score, with β = 2 recall counts
 * more. An average is that of the figures of the classes. Everything else is as for `Precision`. Its name is `f1` for β = 1.
 * Shape:     as for `Precision`
 * @param options.beta β > 0, default 1
 * @param options.average "macro", "weighted" or "micro"; default "macro", and of a single column class 1 alone
 * @param options.threshold of a single column, default 0.5, or 0 for logits
 * @param options.fromLogits as for `Accuracy`
 * @param options.ignoreIndex as for `Accuracy`
 * @param options.multiLabel as for `Accuracy`; each column then has its own figure
 * @throws ArgumentError for an unknown option; at update ShapeError, IndexError for a label outside the classes
 * @example
 * const f2 = new FBeta({ beta: 2 });
 * f2.update(tensor([0.9, 0.8, 0.2, 0.6]), tensor([1, 0, 1, 1]));
 * f2.result();   // 0.66667
 */
export class FBeta extends ClassCounts {
  static readonly aka: readonly string[] = ["f1", "F1", "f1Score", "F1Score", "fScore", "fbetaScore"];
  readonly name: string;
  readonly beta: number;

  constructor(options?: FBetaOptions) {
    checkArity(F_BETA.op, arguments.length, 1);
    const { beta, ...counted } = F_BETA.readOptions(options);
    super(counted);
    this.beta = beta;
    this.name = `f${beta}`;
  }

  protected figure({ hits, falseAlarms, misses }: Counts): number {
    const squared = this.beta * this.beta;
    return share((1 + squared) * hits, (1 + squared) * hits + squared * misses + falseAlarms);
  }
}
