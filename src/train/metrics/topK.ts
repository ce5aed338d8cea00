import { ArgumentError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import type { LossTraits } from "../../nn/losses.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { count } from "../../options/kinds.js";
import { sizeOf } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Classifier, LABELS } from "./classes.js";
import { checkLabel, classCount } from "./labels.js";
import { MeanMetric } from "./metric.js";

const TOP_K = declare("topK", {
  /** How many classes may be named, a whole number ≥ 1. Default 5. */
  k: count({ default: 5 }),
  ...LABELS,
});

/** Options of `TopK`. */
export interface TopKOptions extends OptionsOf<typeof TOP_K> {}

/**
 * Share of labels whose class is among the k most probable; of equals the first counts as more probable.
 * Shape:     prediction [n, classes, …], target labels [n, …] or one-hot or soft rows
 * @param options.k whole number from 1 to the number of classes, default 5
 * @param options.ignoreIndex as for `Accuracy`
 * @param options.multiLabel as for `Accuracy`; of several labels a sample none is the most probable, so that is an error
 * @throws ArgumentError, at update for more than the classes of the prediction; at update ShapeError, IndexError for a label outside the classes
 * @example
 * const top2 = new TopK({ k: 2 });
 * top2.update(tensor([[3, 1, 2], [0, 1, 2]]), tensor([2, 0]));
 * top2.result();   // 0.5
 */
export class TopK extends MeanMetric {
  static readonly aka = ["topKAccuracy", "topKCategoricalAccuracy", "sparseTopKCategoricalAccuracy", "top5"];
  readonly name: string;
  override readonly greaterIsBetter = true;
  readonly k: number;
  readonly #classifier: Classifier;

  constructor(options?: TopKOptions) {
    super();
    checkArity(TOP_K.op, arguments.length, 1);
    const { k, ...others } = TOP_K.readOptions(options);
    this.k = k;
    this.#classifier = new Classifier(others);
    this.name = `top${this.k}`;
  }

  override beside(loss: LossTraits): void {
    this.#classifier.beside(loss);
  }

  protected values(prediction: Tensor, target: Tensor): ArrayLike<number> {
    this.#classifier.requireOneLabel(this.name, prediction, "Use accuracy.");
    const wanted = this.#classifier.labels(this.name, prediction, target);
    const counted = this.counted(prediction, target);
    const classes = classCount(prediction);
    if (this.k > classes) {
      const problem = `k is ${this.k}, but the prediction has ${classes} classes; expected at most as many`;
      throw new ArgumentError(message("topK", problem, `Write { name: "topK", k: ${Math.max(1, classes - 1)} }.`));
    }
    const inner = sizeOf(prediction.shape.slice(2));
    const scores = prediction.view();
    const hits = new Uint8Array(wanted.length);
    for (let i = 0; i < hits.length; i++) {
      if (counted?.[i] === 0) continue;
      const label = checkLabel(this.name, wanted, i, classes);
      const first = Math.floor(i / inner) * classes * inner + (i % inner);
      const score = scores[first + label * inner];
      let better = 0;
      for (let c = 0; c < classes; c++) {
        const other = scores[first + c * inner];
        // What is not comparable is not a hit.
        if (!(other < score || (other === score && c >= label))) better++;
      }
      hits[i] = better < this.k ? 1 : 0;
    }
    return hits;
  }

  protected override counted(prediction: Tensor, target: Tensor): ArrayLike<number> | null {
    return this.#classifier.counted(prediction, target);
  }
}
