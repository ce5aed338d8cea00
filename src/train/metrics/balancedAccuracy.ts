import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { flag } from "../../options/kinds.js";
import { meanOf } from "./averages.js";
import { CLASSES } from "./classes.js";
import { ConfusionMatrix } from "./confusionMatrix.js";

const BALANCED_ACCURACY = declare("balancedAccuracy", {
  /** Whether 0 is what guessing gives, and 1 still the best. Default false. */
  adjusted: flag({ default: false }),
  ...CLASSES,
});

/** Options of `BalancedAccuracy`. */
export interface BalancedAccuracyOptions extends OptionsOf<typeof BALANCED_ACCURACY> {}

/**
 * The mean over the classes of the share of their samples that are predicted: the accuracy that is left where every class were as
 * frequent. Classes of which no sample is true do not count. Classes are told as `Accuracy` tells them; `counts` has the confusion matrix.
 * Shape:     prediction [n, classes, …], target labels [n, …] or one-hot or soft rows; or both [n] or [n, 1]
 * @param options.adjusted whether it is scaled so that guessing gives 0: (a − 1/C)/(1 − 1/C), default false
 * @param options.threshold of a single column, default 0.5, or 0 for logits
 * @param options.fromLogits as for `Accuracy`
 * @param options.ignoreIndex the label that counts for nothing; default: the loss's, where `compile` is given one that has it
 * @param options.multiLabel each of several columns is a yes-or-no class of its own, which no one matrix can count; default as for `Accuracy`
 * @throws ArgumentError for an unknown option, or several labels a sample; at update ShapeError, IndexError for a label outside the classes
 * @example
 * const metric = new BalancedAccuracy();
 * metric.update(tensor([[3, 1], [2, 0], [5, 4], [0, 1]]), tensor([0, 0, 0, 0]));
 * metric.update(tensor([[0, 1]]), tensor([1]));
 * metric.result()   // 0.875
 */
export class BalancedAccuracy extends ConfusionMatrix {
  static override readonly aka = ["balanced", "meanRecall"];
  override readonly name: string = "balancedAccuracy";
  readonly #adjusted: boolean;

  constructor(options?: BalancedAccuracyOptions) {
    checkArity(BALANCED_ACCURACY.op, arguments.length, 1);
    const { adjusted, ...classes } = BALANCED_ACCURACY.readOptions(options);
    super(classes);
    this.#adjusted = adjusted;
  }

  override result(): number {
    const recalls = this.counts.map((row, i) => row[i] / row.reduce((sum, count) => sum + count, 0));
    const balanced = meanOf(recalls);
    const guessed = 1 / recalls.filter((recall) => !Number.isNaN(recall)).length;
    return this.#adjusted ? (balanced - guessed) / (1 - guessed) : balanced;
  }
}
