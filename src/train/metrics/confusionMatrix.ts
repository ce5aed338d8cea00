import type { LossTraits } from "../../nn/losses.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { NUMBERS, savedParts, wrongState } from "../../tensor/savedParts.js";
import type { SavedState } from "../../tensor/savedState.js";
import type { Tensor } from "../../tensor/tensor.js";
import { CLASSES, Classifier } from "./classes.js";
import { checkLabel, classCount } from "./labels.js";
import { Metric, weightsOf } from "./metric.js";

const CONFUSION_MATRIX = declare("confusionMatrix", CLASSES);

/** Options of `ConfusionMatrix`. */
export interface ConfusionMatrixOptions extends OptionsOf<typeof CONFUSION_MATRIX> {}

/**
 * Counts of (true class, predicted class); `result` is the accuracy. Classes are told as `Accuracy` tells them.
 * Shape:     prediction [n, classes, …], target labels [n, …] or one-hot or soft rows; or both [n] or [n, 1]
 * @param options.threshold of a single column, default 0.5, or 0 for logits
 * @param options.fromLogits as for `Accuracy`
 * @param options.ignoreIndex the label that counts for nothing; default: the loss's, where `compile` is given one that has it
 * @param options.multiLabel each of several columns is a yes-or-no class of its own, which no one matrix can count; default false, and true
 *   where `compile` is given a loss of a sigmoid's logits
 * @throws ArgumentError for an unknown option, or several labels a sample; at update ShapeError, IndexError for a label outside the classes
 * @example
 * const matrix = new ConfusionMatrix();
 * matrix.update(tensor([[3, 1], [0, 2], [5, 4]]), tensor([0, 1, 1]));
 * matrix.counts   // [[1, 0], [1, 1]]
 */
export class ConfusionMatrix extends Metric {
  static readonly aka: readonly string[] = ["confusion"];
  readonly name: string = "confusionMatrix";
  override readonly greaterIsBetter = true;
  /** counts[true][predicted], weighted if samples are; empty before the first batch. */
  counts: number[][] = [];
  readonly #classifier: Classifier;

  constructor(options?: ConfusionMatrixOptions) {
    super();
    checkArity(CONFUSION_MATRIX.op, arguments.length, 1);
    this.#classifier = new Classifier(CONFUSION_MATRIX.readOptions(options));
  }

  override beside(loss: LossTraits): void {
    this.#classifier.beside(loss);
  }

  reset(): void {
    this.counts = [];
  }

  update(prediction: Tensor, target: Tensor, weight?: Tensor): void {
    const weights = weightsOf(this.name, prediction, target, weight);
    this.#classifier.requireOneLabel(this.name, prediction, "Use accuracy, or update a matrix for each column.");
    const classes = Math.max(2, classCount(prediction));
    const found = this.#classifier.classes(prediction);
    const wanted = this.#classifier.labels(this.name, prediction, target);
    const counted = this.#classifier.counted(prediction, target);
    const each = found.length / (weights?.length ?? 1);
    while (this.counts.length < classes) this.counts.push(new Array<number>(classes).fill(0));
    for (let i = 0; i < found.length; i++) {
      if (counted?.[i] === 0) continue;
      this.counts[checkLabel(this.name, wanted, i, classes)][found[i]] += weights === undefined ? 1 : weights[Math.floor(i / each)];
    }
  }

  /**
   * The counts as shares: of each true class, so that rows add up to 1, of each predicted one, or of all. Of nothing they are 0.
   * @param by "true" (default), "predicted" or "all"
   * @example new ConfusionMatrix().normalized()   // []
   */
  normalized(by: "true" | "predicted" | "all" = "true"): number[][] {
    const { counts } = this;
    const sum = (list: readonly number[]): number => list.reduce((total, count) => total + count, 0);
    const totals = counts.map((row, i) =>
      sum(by === "true" ? row : by === "predicted" ? counts.map(({ [i]: count }) => count) : counts.flat()),
    );
    return counts.map((row, i) => row.map((count, j) => count / (totals[by === "predicted" ? j : i] || 1)));
  }

  /** The rows of `counts`, one behind the other. */
  override stateDict(): SavedState {
    return { counts: Float64Array.from(this.counts.flat()) };
  }

  override loadStateDict(state: SavedState): void {
    const { counts } = savedParts(this.name, state, { counts: NUMBERS });
    const classes = Math.sqrt(counts.length);
    if (!Number.isInteger(classes))
      throw wrongState(this.name, `has ${counts.length} counts; expected a square number, as a matrix has them`);
    const all = Array.from(counts);
    this.counts = Array.from({ length: classes }, (_, i) => all.slice(i * classes, (i + 1) * classes));
  }

  result(): number {
    let [hits, total] = [0, 0];
    for (const [i, row] of this.counts.entries()) {
      hits += row[i];
      for (const count of row) total += count;
    }
    return hits / total;
  }
}
