import { checkOptions } from "../../errors/check.js";
import { DTypeError, ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { crossEntropy as crossEntropyOfRows, type CrossEntropyOptions as RowOptions } from "../../ops/crossEntropy.js";
import { checkTensor, floating } from "../../ops/operands.js";
import { isFloating } from "../../tensor/dtype.js";
import { type Shape, sameShape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { wholeNumbers } from "../indices.js";
import { logitsFor } from "../logits.js";
import { checkReduction } from "./reduction.js";

export interface CrossEntropyOptions extends RowOptions {
  /** Whether the prediction is logits (true) or probabilities (false). Default: logits, unless it is the output of a softmax. */
  fromLogits?: boolean;
}

const OPTIONS = ["reduction", "labelSmoothing", "ignoreIndex", "classWeight", "fromLogits"];

/**
 * Cross-entropy of classes that exclude each other: −Σ_c d_c · ln softmax(x)_c, with d the target distribution q, smoothed by ε
 * and weighted by class: d_c = w_c((1 − ε)·q_c + ε/C). Of labels the mean divides by Σ w, as torch.nn.CrossEntropyLoss does.
 *
 * A prediction that is the output of a softmax along the classes is recognised and its logits used, with the same bits. With
 * `fromLogits: false` probabilities are divided by their sum, and their logarithm is at least −100.
 * Shape:     logits [n, C, d₁, …] (or [C]); labels [n, d₁, …] (or []) or probabilities like the logits → [], or the labels' shape
 *            for reduction "none"
 * Gradient:  dx_c = g · (Σd · softmax(x)_c − d_c); none for target and weights
 * @param target labels 0 … C − 1 or ignoreIndex: int32, uint8, or floats that are whole; or float probabilities
 * @throws ShapeError naming both shapes: losses never broadcast; DTypeError, IndexError for a label outside its range,
 * ArgumentError for an option
 * @example crossEntropy(tensor([[2, 0], [0, 2]]), tensor([0, 1]))   // 0.1269
 */
export function crossEntropy(prediction: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor {
  checkOptions("crossEntropy", options, OPTIONS);
  checkTensor("crossEntropy", "prediction", prediction);
  checkTensor("crossEntropy", "target", target);
  checkReduction("crossEntropy", options.reduction);
  const { fromLogits, ...rest } = options;
  const { shape } = prediction;
  const labelShape = labelShapeOf(shape);
  const labels = !sameShape(target.shape, shape) || !isFloating(target.dtype);
  if (labels && !sameShape(target.shape, labelShape)) throw targetError(shape, target, labelShape);
  if (target.dtype === "bool") {
    throw new DTypeError(
      message(
        "crossEntropy",
        "target has dtype bool; expected labels or float probabilities",
        "For yes-or-no classes use binaryCrossEntropy.",
      ),
    );
  }
  const logits = logitsFor("crossEntropy", floating(prediction), "softmax", shape.length === 1 ? 0 : 1, fromLogits);
  const rows = crossEntropyOfRows(
    classesLast(logits),
    labels ? wholeNumbers("crossEntropy", "labels", target).flatten() : classesLast(target),
    rest,
  );
  return options.reduction === "none" ? rows.reshape(labelShape) : rows;
}

/** [n, C, d…] → [n · d…, C]. */
function classesLast(x: Tensor): Tensor {
  if (x.rank === 2) return x;
  if (x.rank === 1) return x.unsqueeze(0);
  const spatial = x.shape.map((_, axis) => axis).slice(2);
  return x.permute([0, ...spatial, 1]).flatten(0, -2);
}

function labelShapeOf(shape: Shape): Shape {
  if (shape.length > 0) return shape.length === 1 ? [] : [shape[0], ...shape.slice(2)];
  throw new ShapeError(message("crossEntropy", "the prediction is a scalar; expected logits [n, classes] or [n, classes, …]"));
}

function targetError(shape: Shape, target: Tensor, labelShape: Shape): ShapeError {
  const found = `prediction ${shapeText(shape)} and target ${shapeText(target.shape)} (${target.dtype}) do not fit`;
  const expected = `expected labels ${shapeText(labelShape)} or float probabilities ${shapeText(shape)}`;
  return new ShapeError(message("crossEntropy", `${found}; ${expected}`, mend(shape, target, labelShape)));
}

function mend(shape: Shape, target: Tensor, labelShape: Shape): string | undefined {
  const last = target.rank - 1;
  if (sameShape(target.shape, shape)) return 'One-hot integers are probabilities: use target.cast("float32").';
  if (target.shape[last] === 1 && sameShape(target.shape.slice(0, -1), labelShape)) return `Use target.squeeze(${last}).`;
  if (shape.length > 2 && sameShape(target.shape, shape.slice(0, -1)))
    return "Classes stand on axis 1: use prediction.transpose(1, -1), or flatten both.";
  return undefined;
}
