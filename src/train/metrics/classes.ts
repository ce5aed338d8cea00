import { IndexError, ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { noGrad } from "../../graph/mode.js";
import { logitsBehind } from "../../nn/logits.js";
import type { LossTraits } from "../../nn/losses.js";
import { flag, number } from "../../options/kinds.js";
import { isFloating } from "../../tensor/dtype.js";
import type { Tensor } from "../../tensor/tensor.js";

/** The options of metrics that tell classes from predictions. */
export const CLASSES = {
  /** A single column means class 1 where it is above this. Default 0.5, or 0 for logits. */
  threshold: number({}),
  /** A single column holds logits, unless a sigmoid made it. Default: true where `compile` is given a loss of a sigmoid's logits. */
  fromLogits: flag({}),
};

/** Tells the classes of predictions: several columns by their greatest, a single one by its threshold. Classes are axis 1. */
export class Classifier {
  #logits: boolean;

  constructor(private readonly options: { readonly threshold: number | undefined; readonly fromLogits: boolean | undefined }) {
    this.#logits = options.fromLogits ?? false;
  }

  /** A single column is what the loss takes it for, unless an option says so. */
  beside(loss: LossTraits): void {
    this.#logits = this.options.fromLogits ?? loss?.squashing === "sigmoid";
  }

  /** The class of each label's place. */
  classes(prediction: Tensor): ArrayLike<number> {
    if (classCount(prediction) > 1) return noGrad(() => prediction.argmax(1)).view();
    const logit = this.#logits && logitsBehind(prediction, "sigmoid", 0) === null;
    const limit = this.options.threshold ?? (logit ? 0 : 0.5);
    const values = prediction.view();
    const found = new Uint8Array(values.length);
    for (let i = 0; i < found.length; i++) found[i] = values[i] > limit ? 1 : 0;
    return found;
  }
}

/** The extent of axis 1; 1 for a single column. */
export function classCount({ rank, shape }: Tensor): number {
  return rank < 2 ? 1 : shape[1];
}

/** The true labels, one for each class that a classifier tells. @throws ShapeError */
export function labels(op: string, prediction: Tensor, target: Tensor): ArrayLike<number> {
  const classes = classCount(prediction);
  const count = prediction.size / classes;
  if (target.size === count) return target.view();
  if (isFloating(target.dtype) && target.size === prediction.size) return noGrad(() => target.argmax(1)).view();
  const shapes = `target ${shapeText(target.shape)} does not fit prediction ${shapeText(prediction.shape)}`;
  throw new ShapeError(message(op, `${shapes}; expected labels [${count}] or rows of the prediction's shape`));
}

/** @returns label i @throws IndexError unless it is one of the classes */
export function checkLabel(op: string, labels: ArrayLike<number>, i: number, classes: number): number {
  const label = labels[i];
  if (Number.isInteger(label) && label >= 0 && label < classes) return label;
  throw new IndexError(message(op, `label ${i} is ${label}; expected a whole number from 0 to ${classes - 1}`));
}
