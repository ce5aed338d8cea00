import { ArgumentError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import { logisticLoss } from "../../ops/losses.js";
import { requireProbabilities } from "../../ops/within.js";
import { declare, type OptionsOf, type SettingsOf } from "../../options/declare.js";
import { flag } from "../../options/kinds.js";
import { tensorOption } from "../../tensor/option.js";
import type { Tensor } from "../../tensor/tensor.js";
import { logitsBehindA } from "../logits.js";
import { defineLoss, type LossFunction } from "./define.js";
import { REDUCTION, reduced, weightOf } from "./reduction.js";
import { VALUES } from "./values.js";

const BINARY_CROSS_ENTROPY = declare("binaryCrossEntropy", {
  ...REDUCTION,
  /** What the loss of each element is multiplied with; broadcasts to the prediction. A mean still divides by the number of elements. Default none. */
  weight: tensorOption({ default: null }),
  /** What the positive part of each loss is multiplied with, e.g. negatives / positives; broadcasts to the prediction. Default none. */
  posWeight: tensorOption({ default: null, aka: ["positiveWeight"] }),
  /** Whether the prediction is logits (true) or probabilities (false). Default: logits, unless it is the output of a sigmoid. */
  fromLogits: flag({ aka: ["logits"] }),
});

/** Options of `binaryCrossEntropy`. */
export interface BinaryCrossEntropyOptions extends OptionsOf<typeof BINARY_CROSS_ENTROPY> {}

/**
 * Cross-entropy of independent yes-or-no classes, of logits x and targets y from 0 to 1:
 * −w · (p · y · ln σ(x) + (1 − y) · ln(1 − σ(x))), torch.nn.BCEWithLogitsLoss. By ln σ(x) = −softplus(−x) it neither overflows nor
 * loses digits at either end. What lectures print without the minus is the log-likelihood, which is to be great.
 *
 * A prediction that is the output of a sigmoid is recognised and its logits used. With `fromLogits: false` the logarithm of a
 * probability is at least −100, as in torch.nn.BCELoss.
 * Shape:     prediction any, target the same → [], or that shape for reduction "none"
 * Gradient:  dx = g · (σ(x) − y) / n without weights
 * @param options.reduction "mean" over all elements (default), "sum" or "none"
 * @param options.weight what the loss of each element is multiplied with, default none
 * @param options.posWeight what the positive part of each loss is multiplied with, default none
 * @param options.fromLogits whether the prediction is logits (true) or probabilities (false); default: logits, unless it is the output
 *   of a sigmoid
 * @throws ShapeError if the shapes differ: losses never broadcast; ArgumentError for an option, a target outside 0 … 1, or a
 * probability that is none with `fromLogits: false`
 * @example binaryCrossEntropy(tensor([2, -2]), tensor([1, 0]))   // 0.1269
 */
export const binaryCrossEntropy: LossFunction<BinaryCrossEntropyOptions> = defineLoss(BINARY_CROSS_ENTROPY, {
  aka: ["BCEWithLogitsLoss", "BCELoss", "bce", "bceWithLogits", "binaryCrossentropy", "sigmoidCrossEntropy", "logLoss"],
  targets: VALUES,
  logits: logitsBehindA("sigmoid"),
  compute: (x, y, settings) => {
    const loss = lossOf(x, y, settings);
    requireProbabilities(y, (value, position) => {
      const mend = "Targets are 0, 1 or probabilities between; for labels −1 and 1 use y.add(1).div(2), for classes crossEntropy.";
      throw new ArgumentError(message(BINARY_CROSS_ENTROPY.op, `target ${value} at position ${position} is outside 0 … 1`, mend));
    });
    return loss;
  },
});

function lossOf(x: Tensor, y: Tensor, { reduction, weight, posWeight }: SettingsOf<typeof BINARY_CROSS_ENTROPY>): Tensor {
  if (weight === null && posWeight === null) return logisticLoss(x, y, { reduction });
  const { op } = BINARY_CROSS_ENTROPY;
  const losses = posWeight === null ? logisticLoss(x, y, { reduction: "none" }) : skewed(x, y, weightOf(op, "posWeight", posWeight, x));
  return reduced(weight === null ? losses : losses.mul(weightOf(op, "weight", weight, x)), reduction);
}

function skewed(x: Tensor, y: Tensor, posWeight: Tensor): Tensor {
  const positive = share(x.neg().softplus(), y);
  const negative = share(x.softplus(), y.neg().add(1));
  return positive.mul(posWeight).add(negative);
}

/** A finite number that float32 holds, in place of an infinite loss. */
const GREAT = 3e38;

/** The product; 0 where the factor is, also of infinite losses. The factor's gradient is the loss, also where the factor is 0. */
function share(losses: Tensor, factor: Tensor): Tensor {
  return factor.eq(0).where(losses.minimum(GREAT), losses).mul(factor);
}
