import { DTypeError, ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { wholeNumbers } from "../../ops/indices.js";
import { floating } from "../../ops/operands.js";
import { isFloating } from "../../tensor/dtype.js";
import { type Shape, sameShape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import type { Targets } from "./define.js";

/**
 * Targets that are classes. Beside predictions [n, classes, d₁, …] stand labels [n, d₁, …], or probabilities of the prediction's
 * shape; beside a single one [classes] a label [] or probabilities [classes]. Losses compute with rows: [n · d₁ · …, classes].
 */
export const CLASSES: Targets = {
  kind: "classes",
  operands: (op, prediction, target, logits) => {
    const shape = checkShapes(op, prediction, target);
    const x = logits(floating(prediction), prediction.rank === 1 ? 0 : 1);
    return { x: classesLast(x), y: targetRows(op, target, x), shape };
  },
};

/**
 * The shape that labels have beside a prediction.
 * @throws ShapeError naming both shapes, DTypeError for a target that is neither labels nor probabilities
 */
function checkShapes(op: string, prediction: Tensor, target: Tensor): Shape {
  const { shape } = prediction;
  if (shape.length === 0) throw new ShapeError(message(op, "the prediction is a scalar; expected logits [n, classes] or [n, classes, …]"));
  const expected = labelShapeOf(shape);
  if (!isDistribution(prediction, target) && !sameShape(target.shape, expected)) throw targetError(op, shape, target, expected);
  if (target.dtype === "bool") {
    const problem = "target has dtype bool; expected labels or float probabilities";
    throw new DTypeError(message(op, problem, "For yes-or-no classes use binaryCrossEntropy."));
  }
  return expected;
}

/** The shape of the labels beside a prediction of this shape. */
export function labelShapeOf(prediction: Shape): Shape {
  return prediction.length === 1 ? [] : [prediction[0], ...prediction.slice(2)];
}

/** The target as rows: labels [rows] in whole numbers, or probabilities [rows, classes] of the prediction's type. */
function targetRows(op: string, target: Tensor, prediction: Tensor): Tensor {
  if (!isDistribution(prediction, target)) return wholeNumbers(op, "labels", target).flatten();
  return classesLast(target.cast(prediction.dtype));
}

/** [n, C, d…] → [n · d…, C]. */
function classesLast(x: Tensor): Tensor {
  if (x.rank === 2) return x;
  if (x.rank === 1) return x.unsqueeze(0);
  const spatial = x.shape.map((_, axis) => axis).slice(2);
  return x.permute([0, ...spatial, 1]).flatten(0, -2);
}

/** Whether targets are probabilities of the classes; else they are labels. */
export function isDistribution(prediction: Tensor, target: Tensor): boolean {
  return isFloating(target.dtype) && sameShape(target.shape, prediction.shape);
}

function targetError(op: string, shape: Shape, target: Tensor, labelShape: Shape): ShapeError {
  const found = `prediction ${shapeText(shape)} and target ${shapeText(target.shape)} (${target.dtype}) do not fit`;
  const expected = `expected labels ${shapeText(labelShape)} or float probabilities ${shapeText(shape)}`;
  return new ShapeError(message(op, `${found}; ${expected}`, mend(shape, target, labelShape)));
}

function mend(shape: Shape, target: Tensor, labelShape: Shape): string | undefined {
  const last = target.rank - 1;
  if (sameShape(target.shape, shape)) return 'One-hot integers are probabilities: use target.cast("float32").';
  if (target.shape[last] === 1 && sameShape(target.shape.slice(0, -1), labelShape)) return `Use target.squeeze(${last}).`;
  if (shape.length > 2 && sameShape(target.shape, shape.slice(0, -1)))
    return "Classes stand on axis 1: use prediction.transpose(1, -1), or flatten both.";
  return undefined;
}
