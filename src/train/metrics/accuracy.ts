import type { LossTraits } from "../../nn/losses.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import type { Tensor } from "../../tensor/tensor.js";
import { CLASSES, Classifier } from "./classes.js";
import { MeanMetric } from "./metric.js";

const ACCURACY = declare("accuracy", CLASSES);

/** Options of `Accuracy`. */
export interface AccuracyOptions extends OptionsOf<typeof ACCURACY> {}

/**
 * Share of labels that are predicted. Classes are told from the shape: several columns by their greatest, a single one by its
 * threshold. Like `crossEntropy` it finds the classes on axis 1. Of several labels a sample, as `binaryCrossEntropy` has them, each
 * column is held against the threshold.
 * Shape:     prediction [n, classes, …], target labels [n, …] or one-hot or soft rows; or both [n] or [n, 1]; or both of one shape
 *            with several labels a sample
 * @param options.threshold of a single column, default 0.5, or 0 for logits
 * @param options.fromLogits a single column holds logits, unless a sigmoid made it; default false, and true where `compile` is given a
 *   loss of a sigmoid's logits, such as binaryCrossEntropy
 * @param options.ignoreIndex the label that counts for nothing; default: the loss's, where `compile` is given one that has it
 * @param options.multiLabel each of several columns is a yes-or-no class of its own; default false, and true where `compile` is given a
 *   loss of a sigmoid's logits
 * @throws ArgumentError for an unknown option; at update ShapeError
 * @example
 * const accuracy = new Accuracy();
 * accuracy.update(tensor([[3, 1], [0, 2], [5, 4]]), tensor([0, 1, 1]));
 * accuracy.result();   // 0.66667
 */
export class Accuracy extends MeanMetric {
  static readonly aka = ["acc", "categoricalAccuracy", "sparseCategoricalAccuracy", "binaryAccuracy"];
  readonly name = "accuracy";
  override readonly greaterIsBetter = true;
  readonly #classifier: Classifier;

  constructor(options?: AccuracyOptions) {
    super();
    checkArity(ACCURACY.op, arguments.length, 1);
    this.#classifier = new Classifier(ACCURACY.readOptions(options));
  }

  override beside(loss: LossTraits): void {
    this.#classifier.beside(loss);
  }

  protected values(prediction: Tensor, target: Tensor): ArrayLike<number> {
    const found = this.#classifier.classes(prediction);
    const wanted = this.#classifier.labels(this.name, prediction, target);
    const hits = new Uint8Array(found.length);
    for (let i = 0; i < hits.length; i++) hits[i] = found[i] === wanted[i] ? 1 : 0;
    return hits;
  }

  protected override counted(prediction: Tensor, target: Tensor): ArrayLike<number> | null {
    return this.#classifier.counted(prediction, target);
  }
}
