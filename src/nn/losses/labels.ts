import { ArgumentError, ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { oneHot } from "../../ops/creation.js";
import { labelWeights } from "../../ops/crossEntropy.js";
import { requireProbabilities } from "../../ops/within.js";
import { number } from "../../options/kinds.js";
import { ones } from "../../tensor/creation.js";
import { isFloating } from "../../tensor/dtype.js";
import type { Tensor } from "../../tensor/tensor.js";
import { CLASSES, isDistribution, labelShapeOf } from "./classes.js";
import type { Targets } from "./define.js";

/** Targets that are classes, of which each sample has one: labels beside predictions, as in `CLASSES`, but no probabilities. */
export const LABELS: Targets = {
  kind: "classes",
  operands: (op, prediction, target, logits) => {
    if (prediction.rank > 0 && isDistribution(prediction, target)) {
      const found = `prediction ${shapeText(prediction.shape)} and target ${shapeText(target.shape)} have one shape`;
      const problem = `${found}; expected labels ${shapeText(labelShapeOf(prediction.shape))}`;
      throw new ShapeError(message(op, problem, "Of one-hot rows take target.argmax(1)."));
    }
    return CLASSES.operands(op, prediction, target, logits);
  },
};

/** The option of losses that let a label count for nothing. */
export const IGNORED = {
  /** The label that counts for nothing, an int32. Default −100. */
  ignoreIndex: number({ default: -100, whole: true, min: -2147483648, max: 2147483647, aka: ["ignoreClass", "ignoreLabel"] }),
};

/** A label that nobody gives: for losses that ignore none. */
export const NO_LABEL = -2147483648;

interface Reading {
  op: string;
  /** The label that counts for nothing. Default none. */
  ignoreIndex?: number;
  /** [C] */
  classWeight?: Tensor | null;
}

/**
 * What labels [n] beside rows [n, C] say.
 * @returns `labels` with 0 in place of what is ignored, and `weight` of each: that of its class, 0 where it is ignored
 * @throws IndexError for a label outside its range, ShapeError unless there is one weight a class
 */
export function readLabels(
  x: Tensor,
  target: Tensor,
  { op, ignoreIndex = NO_LABEL, classWeight = null }: Reading,
): { labels: Tensor; weight: Tensor } {
  const weight = labelWeights(target, weightsOfClasses(op, classWeight, x), { op, ignoreIndex, dtype: x.dtype });
  const labels = target.cast("int32");
  return { labels: labels.ne(ignoreIndex).where(labels, 0), weight };
}

/**
 * Labels [n] or probabilities [n, C] beside rows [n, C], as a distribution.
 * @returns `q` [n, C], which is 0 in rows that are ignored, and `counted` [n], which is 0 there and else 1
 * @throws as `readLabels`; ArgumentError for a probability outside 0 … 1
 */
export function readDistribution(x: Tensor, target: Tensor, reading: Reading): { q: Tensor; counted: Tensor } {
  const { dtype, shape } = x;
  if (isFloating(target.dtype)) {
    const q = target.mul(1);
    requireProbabilities(q, (value, position) => {
      const mend = "Targets of the prediction's shape are probabilities; labels have no class axis.";
      throw new ArgumentError(message(reading.op, `target ${value} at position ${position} is outside 0 … 1`, mend));
    });
    return { q, counted: ones([shape[0]], { dtype }) };
  }
  const { labels, weight } = readLabels(x, target, reading);
  return { q: oneHot(labels, shape[1]).cast(dtype).mul(weight.unsqueeze(1)), counted: weight };
}

/** Weights of classes [C], 1 where none are given. @throws ShapeError */
export function weightsOfClasses(op: string, given: Tensor | null, { shape: [, classes], dtype }: Tensor): Tensor {
  if (given === null) return ones([classes], { dtype });
  if (given.rank === 1 && given.size === classes) return given.cast(dtype);
  throw new ShapeError(message(op, `classWeight has shape ${shapeText(given.shape)}; expected [${classes}], one weight a class`));
}
