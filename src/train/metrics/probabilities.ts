import { ArgumentError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import { noGrad } from "../../graph/mode.js";
import { logitsBehind } from "../../nn/logits.js";
import type { LossTraits } from "../../nn/losses.js";
import { floating } from "../../ops/operands.js";
import { choice, flag } from "../../options/kinds.js";
import { sizeOf } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Classifier, LABELS } from "./classes.js";
import { checkLabel, classCount } from "./labels.js";

/** The options of metrics that look at probabilities. */
export const PROBABILITIES = {
  /**
   * Whether the prediction is logits (true) or probabilities (false). Default: true where `compile` is given a loss of logits; what a softmax
   * or a sigmoid made is taken as it is.
   */
  fromLogits: flag({ aka: ["logits"] }),
  /** The axis of the classes in predictions of three and more axes: 1, or −1, the last, as language models have it. Default: the loss's, or 1. */
  classAxis: choice([1, -1], {}),
  ...LABELS,
};

interface Options {
  readonly fromLogits: boolean | undefined;
  readonly classAxis: 1 | -1 | undefined;
  readonly ignoreIndex: number | undefined;
  readonly multiLabel: boolean | undefined;
}

/** What a prediction says of a label's place, and how much that counts. */
export interface Place {
  /** The true class; of a single column, or of columns that are classes of their own, 0 or 1. */
  readonly label: number;
  /** The position in the prediction of the first class; the next are `stride` behind each other. Of a column its own. */
  readonly at: number;
  readonly stride: number;
  /** The column, where each is a class of its own; else 0. */
  readonly column: number;
  readonly weight: number;
}

/** Makes probabilities of predictions, and finds the labels beside them. */
export class ProbabilityReader {
  #loss: LossTraits = {};
  readonly #classifier: Classifier;

  constructor(private readonly options: Options) {
    this.#classifier = new Classifier({ ignoreIndex: options.ignoreIndex, multiLabel: options.multiLabel });
  }

  beside(loss: LossTraits): void {
    this.#loss = loss ?? {};
    this.#classifier.beside(loss);
  }

  /** The prediction with its classes on axis 1, where the other functions look for them. */
  arranged(prediction: Tensor): Tensor {
    const { classAxis = this.#loss.classAxis ?? 1 } = this.options;
    if (classAxis === 1 || prediction.rank < 3) return prediction;
    const others = prediction.shape.map((_, axis) => axis).slice(1, -1);
    return noGrad(() => prediction.permute([0, prediction.rank - 1, ...others]));
  }

  /** How many classes exclude each other; 2 where each column is a yes-or-no class. */
  classesOf(prediction: Tensor): number {
    return this.areColumns(prediction) ? 2 : classCount(prediction);
  }

  /** Whether each column is a yes-or-no class, of which the probability of yes is predicted: one column, or several labels a sample. */
  areColumns(prediction: Tensor): boolean {
    return classCount(prediction) === 1 || this.#classifier.tellsColumnsApart(prediction);
  }

  /** The probabilities, in the prediction's shape. @throws ArgumentError where they are none */
  probabilities(op: string, prediction: Tensor): Tensor {
    return noGrad(() => {
      const x = floating(prediction);
      const logits = this.#logitsOf(x);
      if (logits !== null && logits !== x) return x;
      if (logits !== null) return this.areColumns(x) ? x.sigmoid() : x.softmax(1);
      checkProbabilities(op, x, this.areColumns(x));
      return x;
    });
  }

  /** ln p, exact of logits; of columns ln p of yes and of no. @throws ArgumentError */
  logarithms(op: string, prediction: Tensor): [Tensor, Tensor | null] {
    return noGrad((): [Tensor, Tensor | null] => {
      const x = floating(prediction);
      const logits = this.#logitsOf(x);
      if (logits !== null && this.areColumns(x)) return [logits.neg().softplus().neg(), logits.softplus().neg()];
      if (logits !== null) return [logits.logSoftmax(1), null];
      checkProbabilities(op, x, this.areColumns(x));
      const least = x.dtype === "float64" ? 2.220446049250313e-16 : 1.1920929e-7;
      const log = (p: Tensor): Tensor => p.clamp(least, 1).log();
      return [log(x), this.areColumns(x) ? log(x.neg().add(1)) : null];
    });
  }

  /** Each label that counts. @throws ShapeError, IndexError for one outside the classes */
  *places(op: string, prediction: Tensor, target: Tensor, weights: ArrayLike<number> | undefined): Generator<Place> {
    const areColumns = this.areColumns(prediction);
    const columns = classCount(prediction);
    const labels = this.#classifier.labels(op, prediction, target);
    const counted = this.#classifier.counted(prediction, target);
    const each = labels.length / (weights?.length ?? 1);
    const inner = sizeOf(prediction.shape.slice(2));
    for (let i = 0; i < labels.length; i++) {
      if (counted?.[i] === 0) continue;
      yield {
        label: checkLabel(op, labels, i, areColumns ? 2 : columns),
        at: areColumns ? i : Math.floor(i / inner) * columns * inner + (i % inner),
        stride: inner,
        column: areColumns ? Math.floor(i / inner) % columns : 0,
        weight: weights === undefined ? 1 : weights[Math.floor(i / each)],
      };
    }
  }

  /** The logits: the prediction itself, or what a softmax or sigmoid made it of; null where it is probabilities. */
  #logitsOf(prediction: Tensor): Tensor | null {
    const columns = this.areColumns(prediction);
    const behind = logitsBehind(prediction, columns ? "sigmoid" : "softmax", columns ? -1 : 1);
    const { fromLogits = (this.#loss.squashing ?? null) !== null } = this.options;
    return behind ?? (fromLogits ? prediction : null);
  }
}

/** Rounding may carry a probability this far beyond 0 and 1, and their sum away from 1. */
const ROUNDING = 1e-3;

/** @throws ArgumentError for numbers that are no probabilities */
export function checkProbabilities(op: string, p: Tensor, areColumns: boolean): void {
  const mend = "Of logits write fromLogits: true.";
  const values = p.view();
  const wrong = (values as Float32Array).findIndex((value) => value < -ROUNDING || value > 1 + ROUNDING);
  if (wrong >= 0) throw new ArgumentError(message(op, `the prediction ${values[wrong]} at position ${wrong} is no probability`, mend));
  if (areColumns || p.size === 0) return;
  const sums = p.sum(1).view();
  const odd = (sums as Float32Array).findIndex((sum) => Math.abs(sum - 1) > ROUNDING);
  if (odd >= 0) throw new ArgumentError(message(op, `the probabilities of row ${odd} add up to ${sums[odd]}; expected 1`, mend));
}
