import { ArgumentError, ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { crossEntropyRows, labelWeights as weigh } from "../../ops/crossEntropy.js";
import { wholeNumbers } from "../../ops/indices.js";
import { floating } from "../../ops/operands.js";
import { requireProbabilities } from "../../ops/within.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { flag, number } from "../../options/kinds.js";
import { ones } from "../../tensor/creation.js";
import { isFloating } from "../../tensor/dtype.js";
import { tensorOption } from "../../tensor/option.js";
import { sizeOf } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { logitsBehindA } from "../logits.js";
import { CLASSES, isDistribution, labelShapeOf } from "./classes.js";
import { defineLoss, type LossFunction } from "./define.js";
import { REDUCTION } from "./reduction.js";

const CROSS_ENTROPY = declare("crossEntropy", {
  ...REDUCTION,
  /** Part of the target that is spread over all classes, 0 … 1. Szegedy et al., arXiv 1512.00567. Default 0. */
  labelSmoothing: number({ default: 0, min: 0, max: 1, aka: ["smoothing"] }),
  /** The label that counts for nothing, an int32. Default −100. */
  ignoreIndex: number({ default: -100, whole: true, min: -2147483648, max: 2147483647, aka: ["ignoreClass", "ignoreLabel"] }),
  /** A weight ≥ 0 for each class, float [classes]. Default: all 1. */
  classWeight: tensorOption({ default: null, aka: ["weight", "weights", "classWeights"] }),
  /** Whether the prediction is logits (true) or probabilities (false). Default: logits, unless it is the output of a softmax. */
  fromLogits: flag({ aka: ["logits"] }),
});

/** Options of `crossEntropy`. */
export interface CrossEntropyOptions extends OptionsOf<typeof CROSS_ENTROPY> {}

/**
 * Cross-entropy of classes that exclude each other: −Σ_c d_c · ln softmax(x)_c, with d the target distribution q, smoothed by ε
 * and weighted by class: d_c = w_c((1 − ε)·q_c + ε/C). Of labels the mean divides by Σ w, as torch.nn.CrossEntropyLoss does; of
 * probabilities by the number of rows. Lectures print the sum over the samples, which is reduction "sum". It is least, not greatest, where
 * prediction and target match.
 *
 * A prediction that is the output of a softmax along the classes is recognised and its logits used, with the same bits. With
 * `fromLogits: false` probabilities are divided by their sum, and their logarithm is at least −100.
 * Shape:     logits [n, C, d₁, …] (or [C]); labels [n, d₁, …] (or []) or probabilities like the logits → [], or the labels' shape
 *            for reduction "none"
 * Gradient:  dx_c = g · (Σd · softmax(x)_c − d_c); none for target and weights
 * @param target labels 0 … C − 1 or ignoreIndex: int32, uint8, or floats that are whole; or float probabilities
 * @param options.reduction "mean" (default), "sum" or "none"
 * @param options.labelSmoothing ε from 0 to 1, default 0
 * @param options.ignoreIndex the label that counts for nothing, default −100
 * @param options.classWeight a weight ≥ 0 for each class, default all 1
 * @param options.fromLogits whether the prediction is logits (true) or probabilities (false); default: logits, unless it is the output
 *   of a softmax
 * @throws ShapeError naming both shapes: losses never broadcast; DTypeError, IndexError for a label outside its range,
 * ArgumentError for an option, a target probability outside 0 … 1, or one below 0 with `fromLogits: false`
 * @example crossEntropy(tensor([[2, 0], [0, 2]]), tensor([0, 1]))   // 0.1269
 */
export const crossEntropy: LossFunction<CrossEntropyOptions> = defineLoss(CROSS_ENTROPY, {
  aka: ["CrossEntropyLoss", "categoricalCrossentropy", "sparseCategoricalCrossentropy", "softmaxCrossEntropy"],
  targets: CLASSES,
  logits: logitsBehindA("softmax"),
  compute: (x, target, { reduction, labelSmoothing, ignoreIndex, classWeight }) => {
    const weights = classWeight === null ? null : weightsOf(classWeight, x);
    const loss = crossEntropyRows(x, target, weights, { reduction, smoothing: labelSmoothing, ignoreIndex });
    if (isFloating(target.dtype)) {
      requireProbabilities(target, (value, position) => {
        const mend = "Targets of the prediction's shape are probabilities; labels have no class axis.";
        throw new ArgumentError(message(CROSS_ENTROPY.op, `target ${value} at position ${position} is outside 0 … 1`, mend));
      });
    }
    return loss;
  },
  divisor: (prediction, target, { reduction, ignoreIndex, classWeight }) => {
    const weights = labelWeights(prediction, target, ignoreIndex, classWeight);
    const labels = labelShapeOf(prediction.shape);
    if (reduction !== "none") return weights === null ? sizeOf(labels) : weights.sum();
    return weights ?? ones(labels, { dtype: prediction.dtype });
  },
});

/** What each label weighs in the mean; null where each weighs 1. */
function labelWeights(prediction: Tensor, target: Tensor, ignoreIndex: number, classWeight: Tensor | null): Tensor | null {
  if (isDistribution(prediction, target)) return null;
  const { op } = CROSS_ENTROPY;
  const labels = wholeNumbers(op, "labels", target);
  const mayBeIgnored = labels.dtype === "int32" || (ignoreIndex >= 0 && ignoreIndex <= 255);
  if (classWeight === null && !mayBeIgnored) return null;
  const { dtype } = floating(prediction);
  return weigh(labels, classWeight === null ? null : classWeight.cast(dtype), { op, ignoreIndex, dtype });
}

/** @throws ShapeError unless there is one for each class */
function weightsOf(classWeight: Tensor, { shape: [, classes], dtype }: Tensor): Tensor {
  if (classWeight.rank !== 1 || classWeight.size !== classes) {
    const problem = `classWeight has shape ${shapeText(classWeight.shape)}; expected [${classes}], one weight a class`;
    throw new ShapeError(message(CROSS_ENTROPY.op, problem));
  }
  return classWeight.cast(dtype);
}
