import { ArgumentError, ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { noGrad } from "../../graph/mode.js";
import { logitsBehind } from "../../nn/logits.js";
import type { LossTraits } from "../../nn/losses.js";
import { flag, number } from "../../options/kinds.js";
import { sameShape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { areRows, classCount, labelsOf } from "./labels.js";

/** The options of metrics of labels. What is not given, the loss beside the metric tells. */
export const LABELS = {
  /** The label that counts for nothing, an int32. Default: the loss's, where `compile` is given one that has it, or else none. */
  ignoreIndex: number({ whole: true, min: -2147483648, max: 2147483647, aka: ["ignoreClass", "ignoreLabel"] }),
  /** Each of several columns is a yes-or-no class of its own. Default: true where `compile` is given a loss of a sigmoid's logits. */
  multiLabel: flag({}),
};

/** The options of metrics that tell classes from predictions. */
export const CLASSES = {
  /** A column means yes, or class 1, where it is above this. Default 0.5, or 0 for logits. */
  threshold: number({}),
  /** Such a column holds logits, unless a sigmoid made it. Default: true where `compile` is given a loss of a sigmoid's logits. */
  fromLogits: flag({}),
  ...LABELS,
};

interface Options {
  readonly threshold?: number | undefined;
  readonly fromLogits?: boolean | undefined;
  readonly ignoreIndex: number | undefined;
  readonly multiLabel: boolean | undefined;
}

/**
 * Tells the classes of predictions and of targets. Several columns, on axis 1, are told by their greatest, a single one by its
 * threshold, and so is each of several where each is a class of its own.
 */
export class Classifier {
  /** What the loss beside the metric says. */
  #loss: LossTraits = {};

  constructor(private readonly options: Options) {}

  beside(loss: LossTraits): void {
    this.#loss = loss ?? {};
  }

  /** Whether each of several columns is a yes-or-no class of its own. */
  tellsColumnsApart(prediction: Tensor): boolean {
    return this.#multiLabel && classCount(prediction) > 1;
  }

  /** The class of each label's place. */
  classes(prediction: Tensor): ArrayLike<number> {
    if (classCount(prediction) > 1 && !this.#multiLabel) return noGrad(() => prediction.argmax(1)).view();
    const { threshold, fromLogits = this.#takesLogits } = this.options;
    const limit = threshold ?? (fromLogits && logitsBehind(prediction, "sigmoid", 0) === null ? 0 : 0.5);
    const values = prediction.view();
    const found = new Uint8Array(values.length);
    for (let i = 0; i < found.length; i++) found[i] = values[i] > limit ? 1 : 0;
    return found;
  }

  /** The true labels, one for each class. @throws ShapeError */
  labels(op: string, prediction: Tensor, target: Tensor): ArrayLike<number> {
    if (!this.tellsColumnsApart(prediction)) return labelsOf(op, prediction, target);
    if (sameShape(prediction.shape, target.shape)) return target.view();
    const shapes = `target ${shapeText(target.shape)} does not fit prediction ${shapeText(prediction.shape)}`;
    const mend = "Where one class is true of a sample, set multiLabel: false.";
    throw new ShapeError(message(op, `${shapes}; expected a label for each column`, mend));
  }

  /** 1 for each label that counts, 0 for the others; null where all count. */
  counted(prediction: Tensor, target: Tensor): ArrayLike<number> | null {
    const { ignoreIndex = this.#loss.ignoreIndex ?? undefined } = this.options;
    if (ignoreIndex === undefined || (areRows(prediction, target) && !this.#multiLabel)) return null;
    const labels = target.view();
    if (!(labels as Int32Array).includes(ignoreIndex)) return null;
    return Uint8Array.from(labels, (label) => (label === ignoreIndex ? 0 : 1));
  }

  /** @throws ArgumentError if a sample has several labels, which the metric cannot measure */
  requireOneLabel(op: string, prediction: Tensor, mend: string): void {
    if (!this.tellsColumnsApart(prediction)) return;
    const problem = `each of the ${classCount(prediction)} columns is a yes-or-no class of its own, so a sample has no one label`;
    throw new ArgumentError(message(op, problem, `${mend} Where one class is true of a sample, set multiLabel: false.`));
  }

  get #takesLogits(): boolean {
    return this.#loss.squashing === "sigmoid";
  }

  get #multiLabel(): boolean {
    return this.options.multiLabel ?? this.#takesLogits;
  }
}
