import { IndexError, ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { noGrad } from "../../graph/mode.js";
import { isFloating } from "../../tensor/dtype.js";
import { type Shape, sameShape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { isList } from "../align.js";

/** The extent of axis 1; 1 for a single column. */
export function classCount({ rank, shape }: Tensor): number {
  return rank < 2 ? 1 : shape[1];
}

/** The true labels, one for each class that a classifier tells. @throws ShapeError */
export function labelsOf(op: string, prediction: Tensor, target: Tensor): ArrayLike<number> {
  if (areRows(prediction, target)) return noGrad(() => target.argmax(1)).view();
  const { shape } = prediction;
  const expected = classCount(prediction) === 1 ? shape : [shape[0], ...shape.slice(2)];
  if (fits(target.shape, expected)) return target.view();
  const shapes = `target ${shapeText(target.shape)} does not fit prediction ${shapeText(shape)}`;
  throw new ShapeError(message(op, `${shapes}; expected labels ${shapeText(expected)} or rows of the prediction's shape`));
}

/** Whether the target holds one-hot or soft rows; else it holds labels. */
export function areRows(prediction: Tensor, target: Tensor): boolean {
  return classCount(prediction) > 1 && isFloating(target.dtype) && sameShape(target.shape, prediction.shape);
}

/** Whether shapes are the same, but for axes of extent 1 behind the first, or for the class axis of a single column. */
function fits(shape: Shape, expected: Shape): boolean {
  if (sameShape(shape, expected)) return true;
  if (isList(shape) && isList(expected)) return shape[0] === expected[0];
  return expected[1] === 1 && sameShape(shape, [expected[0], ...expected.slice(2)]);
}

/** @returns label i @throws IndexError unless it is one of the classes */
export function checkLabel(op: string, labels: ArrayLike<number>, i: number, classes: number): number {
  const label = labels[i];
  if (Number.isInteger(label) && label >= 0 && label < classes) return label;
  const mend = "A label that stands for none is told by ignoreIndex.";
  throw new IndexError(message(op, `label ${i} is ${label}; expected a whole number from 0 to ${classes - 1}`, mend));
}
