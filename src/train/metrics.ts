import { checkOptions } from "../errors/check.js";
import { ArgumentError, IndexError, ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { noGrad } from "../graph/mode.js";
import { logitsBehind } from "../nn/logits.js";
import { isFloating } from "../tensor/dtype.js";
import { sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";

/**
 * A figure that is gathered batch by batch: `reset` at the start of an epoch, `update` with each batch, `result` at any time.
 * Predictions may be logits or probabilities; metrics are never differentiated. The module is the registry: "topK" means `TopK`.
 *
 * @example
 * class MaxError extends Metric {
 *   name = "maxError";
 *   worst = 0;
 *   reset() { this.worst = 0; }
 *   update(prediction, target) { this.worst = Math.max(this.worst, prediction.sub(target).abs().max().item()); }
 *   result() { return this.worst; }
 * }
 * model.compile({ optimizer: "adam", loss: "mse", metrics: [new MaxError()] });
 */
export abstract class Metric {
  /** Under which the history lists it. */
  abstract readonly name: string;
  abstract reset(): void;
  /** @param weight [n], how much each sample counts; default all alike */
  abstract update(prediction: Tensor, target: Tensor, weight?: Tensor): void;
  abstract result(): number;
}

/** How a class is told from a prediction with a single column. */
export interface ClassOptions {
  /** Class 1 is what is above it. Default 0.5, or 0 for logits. */
  threshold?: number;
  /** The column holds logits, unless a sigmoid made it. Default false; true where `compile` is told binaryCrossEntropy. */
  fromLogits?: boolean;
}

/** A weighted mean of a figure. */
abstract class MeanMetric extends Metric {
  #sum = 0;
  #weight = 0;

  reset(): void {
    this.#sum = 0;
    this.#weight = 0;
  }

  update(prediction: Tensor, target: Tensor, weight?: Tensor): void {
    const values = this.values(prediction, target);
    const { length } = values;
    let sum = 0;
    if (weight === undefined) {
      for (let i = 0; i < length; i++) sum += values[i];
      this.#weight += length;
    } else {
      const weights = weight.view();
      const each = length / weights.length;
      for (let i = 0; i < length; i++) {
        const w = weights[Math.floor(i / each)];
        sum += w * values[i];
        this.#weight += w;
      }
    }
    this.#sum += sum;
  }

  result(): number {
    return this.#sum / this.#weight;
  }

  /** The figure of each sample, or of each label of each sample. */
  protected abstract values(prediction: Tensor, target: Tensor): ArrayLike<number>;
}

/**
 * Share of labels that are predicted. Classes are told from the shape: several columns by their greatest, a single one by its
 * threshold. Like `crossEntropy` it finds the classes on axis 1.
 * Shape:     prediction [n, classes, …], target labels [n, …] or one-hot or soft rows; or both [n] or [n, 1]
 * @param options.threshold of a single column, default 0.5, or 0 for logits
 * @param options.fromLogits a single column holds logits, unless a sigmoid made it; default false, and true where `compile` is told
 *   binaryCrossEntropy
 * @throws ArgumentError for an unknown option; at update ShapeError
 * @example
 * const accuracy = new Accuracy();
 * accuracy.update(tensor([[3, 1], [0, 2], [5, 4]]), tensor([0, 1, 1]));
 * accuracy.result();   // 0.66667
 */
export class Accuracy extends MeanMetric {
  static readonly tellsClasses = true;
  readonly name = "accuracy";

  constructor(readonly options: ClassOptions = {}) {
    super();
    checkOptions("accuracy", options, ["threshold", "fromLogits"]);
  }

  protected values(prediction: Tensor, target: Tensor): ArrayLike<number> {
    const found = predicted(prediction, this.options);
    const wanted = labels(this.name, prediction, target);
    const hits = new Uint8Array(found.length);
    for (let i = 0; i < hits.length; i++) hits[i] = found[i] === wanted[i] ? 1 : 0;
    return hits;
  }
}

/**
 * Share of labels whose class is among the k most probable; of equals the first counts as more probable.
 * Shape:     prediction [n, classes, …], target labels [n, …] or one-hot or soft rows
 * @param options.k whole number ≥ 1, default 5
 * @throws ArgumentError; at update ShapeError, IndexError for a label outside the classes
 * @example
 * const top2 = new TopK({ k: 2 });
 * top2.update(tensor([[3, 1, 2], [0, 1, 2]]), tensor([2, 0]));
 * top2.result();   // 0.5
 */
export class TopK extends MeanMetric {
  readonly name: string;
  readonly k: number;

  constructor(options: { k?: number } = {}) {
    super();
    checkOptions("topK", options, ["k"]);
    this.k = options.k ?? 5;
    this.name = `top${this.k}`;
    if (!Number.isInteger(this.k) || this.k < 1) throw new ArgumentError(message("topK", `k is ${this.k}; expected a whole number ≥ 1`));
  }

  protected values(prediction: Tensor, target: Tensor): ArrayLike<number> {
    const wanted = labels(this.name, prediction, target);
    const classes = classCount(prediction);
    const inner = sizeOf(prediction.shape.slice(2));
    const scores = prediction.view();
    const hits = new Uint8Array(wanted.length);
    for (let i = 0; i < hits.length; i++) {
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
}

/**
 * Mean squared error: the mean over samples of the mean over each one's elements.
 * Shape:     prediction and target of one size
 * @throws ShapeError at update
 * @example
 * const metric = new MSE();
 * metric.update(tensor([1, 2]), tensor([1, 4]));
 * metric.result();   // 2
 */
export class MSE extends MeanMetric {
  readonly name = "mse";

  protected values(prediction: Tensor, target: Tensor): ArrayLike<number> {
    return differences(this.name, prediction, target, (d) => d * d);
  }
}

/**
 * Mean absolute error: the mean over samples of the mean over each one's elements.
 * Shape:     prediction and target of one size
 * @throws ShapeError at update
 * @example
 * const metric = new MAE();
 * metric.update(tensor([1, 2]), tensor([1, 4]));
 * metric.result();   // 1
 */
export class MAE extends MeanMetric {
  readonly name = "mae";

  protected values(prediction: Tensor, target: Tensor): ArrayLike<number> {
    return differences(this.name, prediction, target, (d) => (d < 0 ? -d : d));
  }
}

/**
 * Counts of (true class, predicted class); `result` is the accuracy. Classes are told as `Accuracy` tells them.
 * Shape:     prediction [n, classes, …], target labels [n, …] or one-hot or soft rows; or both [n] or [n, 1]
 * @param options.threshold of a single column, default 0.5, or 0 for logits
 * @param options.fromLogits as for `Accuracy`
 * @throws ArgumentError for an unknown option; at update ShapeError, IndexError for a label outside the classes
 * @example
 * const matrix = new ConfusionMatrix();
 * matrix.update(tensor([[3, 1], [0, 2], [5, 4]]), tensor([0, 1, 1]));
 * matrix.counts   // [[1, 0], [1, 1]]
 */
export class ConfusionMatrix extends Metric {
  static readonly tellsClasses = true;
  readonly name = "confusionMatrix";
  /** counts[true][predicted], weighted if samples are; empty before the first batch. */
  counts: number[][] = [];

  constructor(readonly options: ClassOptions = {}) {
    super();
    checkOptions("confusionMatrix", options, ["threshold", "fromLogits"]);
  }

  reset(): void {
    this.counts = [];
  }

  update(prediction: Tensor, target: Tensor, weight?: Tensor): void {
    const classes = Math.max(2, classCount(prediction));
    const found = predicted(prediction, this.options);
    const wanted = labels(this.name, prediction, target);
    const weights = weight?.view();
    const each = found.length / (weights?.length ?? 1);
    while (this.counts.length < classes) this.counts.push(new Array<number>(classes).fill(0));
    for (let i = 0; i < found.length; i++)
      this.counts[checkLabel(this.name, wanted, i, classes)][found[i]] += weights === undefined ? 1 : weights[Math.floor(i / each)];
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

/** The extent of axis 1; 1 for a single column. */
function classCount({ rank, shape }: Tensor): number {
  return rank < 2 ? 1 : shape[1];
}

/** The class of each label's place. */
function predicted(prediction: Tensor, { threshold, fromLogits = false }: ClassOptions): ArrayLike<number> {
  if (classCount(prediction) > 1) return noGrad(() => prediction.argmax(1)).view();
  const logit = fromLogits && logitsBehind(prediction, "sigmoid", 0) === null;
  const limit = threshold ?? (logit ? 0 : 0.5);
  const values = prediction.view();
  const found = new Uint8Array(values.length);
  for (let i = 0; i < found.length; i++) found[i] = values[i] > limit ? 1 : 0;
  return found;
}

/** The true labels, as many as `predicted` tells. */
function labels(op: string, prediction: Tensor, target: Tensor): ArrayLike<number> {
  const classes = classCount(prediction);
  const count = prediction.size / classes;
  if (target.size === count) return target.view();
  if (isFloating(target.dtype) && target.size === prediction.size) return noGrad(() => target.argmax(1)).view();
  throw new ShapeError(
    message(
      op,
      `target ${shapeText(target.shape)} does not fit prediction ${shapeText(prediction.shape)}; expected labels [${count}] or rows of the prediction's shape`,
    ),
  );
}

function checkLabel(op: string, labels: ArrayLike<number>, i: number, classes: number): number {
  const label = labels[i];
  if (Number.isInteger(label) && label >= 0 && label < classes) return label;
  throw new IndexError(message(op, `label ${i} is ${label}; expected a whole number from 0 to ${classes - 1}`));
}

/** Mean over each sample's elements of f(prediction − target). */
function differences(op: string, prediction: Tensor, target: Tensor, f: (difference: number) => number): ArrayLike<number> {
  if (prediction.size !== target.size) {
    throw new ShapeError(
      message(op, `prediction ${shapeText(prediction.shape)} and target ${shapeText(target.shape)} differ; expected one size`),
    );
  }
  const [p, t] = [prediction.view(), target.view()];
  const n = prediction.shape[0] ?? 1;
  const width = p.length / n;
  const means = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = i * width; j < (i + 1) * width; j++) sum += f(p[j] - t[j]);
    means[i] = sum / width;
  }
  return means;
}
