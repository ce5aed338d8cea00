import { checkOptions } from "../../errors/check.js";
import { logisticLoss } from "../../ops/losses.js";
import type { Tensor } from "../../tensor/tensor.js";
import { logitsFor } from "../logits.js";
import { type LossOptions, paired, reduced, weightOf } from "./reduction.js";

export interface BinaryCrossEntropyOptions extends LossOptions {
  /** What the loss of each element is multiplied with; broadcasts to the prediction. A mean still divides by the elements' number. */
  weight?: Tensor | null;
  /** What the positive part of each loss is multiplied with, e.g. negatives / positives; broadcasts to the prediction. */
  posWeight?: Tensor | null;
  /** Whether the prediction is logits (true) or probabilities (false). Default: logits, unless it is the output of a sigmoid. */
  fromLogits?: boolean;
}

const OPTIONS = ["reduction", "weight", "posWeight", "fromLogits"];

/**
 * Cross-entropy of independent yes-or-no classes, of logits x and targets y from 0 to 1:
 * −w · (p · y · ln σ(x) + (1 − y) · ln(1 − σ(x))), torch.nn.BCEWithLogitsLoss. By ln σ(x) = −softplus(−x) it neither overflows nor
 * loses digits at either end.
 *
 * A prediction that is the output of a sigmoid is recognised and its logits used. With `fromLogits: false` the logarithm of a
 * probability is at least −100, as in torch.nn.BCELoss.
 * Shape:     prediction any, target the same → [], or that shape for reduction "none"
 * Gradient:  dx = g · (σ(x) − y) / n without weights
 * @throws ShapeError if the shapes differ: losses never broadcast; ArgumentError
 * @example binaryCrossEntropy(tensor([2, -2]), tensor([1, 0]))   // 0.1269
 */
export function binaryCrossEntropy(prediction: Tensor, target: Tensor, options: BinaryCrossEntropyOptions = {}): Tensor {
  const op = "binaryCrossEntropy";
  checkOptions(op, options, OPTIONS);
  const { reduction, weight = null, posWeight = null, fromLogits } = options;
  const [given, y] = paired(op, prediction, target, reduction);
  const x = logitsFor(op, given, "sigmoid", -1, fromLogits);
  if (weight === null && posWeight === null) return logisticLoss(x, y, { reduction: reduction ?? "mean" });
  const positive = x.neg().softplus().mul(y);
  const negative = x.softplus().mul(y.neg().add(1));
  const losses = (posWeight === null ? positive : positive.mul(weightOf(op, "posWeight", posWeight, x))).add(negative);
  return reduced(weight === null ? losses : losses.mul(weightOf(op, "weight", weight, x)), reduction);
}
