import { ArgumentError, ShapeError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import type { Loss } from "../nn/losses.js";
import { labelWeights } from "../ops/crossEntropy.js";
import { isFloating } from "../tensor/dtype.js";
import { sameShape } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import type { ClassWeights } from "./classWeight.js";

/** The loss of a batch for one output, and what the batch weighs in the mean over batches: 0 where nothing in it counts. */
export interface BatchLoss {
  readonly loss: Tensor;
  readonly weight: Tensor | number;
}

/** How much samples count, and classes; absent: all alike. */
export interface Weights {
  /** [n] */
  readonly samples?: Tensor | undefined;
  readonly classes?: ClassWeights | undefined;
}

/** The loss of a batch, and what it divided by. */
export function batchLoss(op: string, loss: Loss, output: Tensor, target: Tensor, weights: Weights): BatchLoss {
  if (weights.samples !== undefined || weights.classes !== undefined) return weightedLoss(op, loss, output, target, weights);
  return { loss: checkScalar(op, loss(output, target)), weight: divisorOf(op, loss, output, target) };
}

function divisorOf(op: string, loss: Loss, output: Tensor, target: Tensor): Tensor | number {
  if (loss.divisor === undefined) return countedLabels(op, loss, output, target)?.sum() ?? output.shape[0] ?? 1;
  const divisor = loss.divisor(output, target);
  if (typeof divisor === "number") return divisor;
  if (divisor instanceof Tensor && divisor.size === 1) return isFloating(divisor.dtype) ? divisor : divisor.cast(output.dtype);
  throw new ArgumentError(message(op, `the loss's divisor is ${kindText(divisor)}; expected a number or a scalar tensor`));
}

/** 1 for each label that counts, 0 for the others; null where all count. */
function countedLabels(op: string, { ignoreIndex }: Loss, { rank, shape, dtype }: Tensor, target: Tensor): Tensor | null {
  if (ignoreIndex === undefined || ignoreIndex === null) return null;
  if (!isFloating(target.dtype)) return labelWeights(target, null, { op, ignoreIndex, dtype });
  const areProbabilities = rank > 1 && shape[1] > 1 && sameShape(target.shape, shape);
  return areProbabilities ? null : target.ne(ignoreIndex).where(1, 0);
}

/**
 * Σ w·loss / Σ w·d over the losses of the batch, with w the weight of the sample and of the label's class, and d what the loss
 * contributes to its divisor. Where that is unknown, the loss of a sample is the mean over its elements, and d is 1.
 */
function weightedLoss(op: string, loss: Loss, output: Tensor, target: Tensor, { samples, classes }: Weights): BatchLoss {
  let losses = lossOfEach(op, loss, output, target);
  const counts = countOfEach(op, loss, output, target, losses);
  const byClass = classes?.of(output, target);
  const { shape } = losses;
  const isMean = loss.reduction !== "sum";
  if (counts === null && shape.length > 1 && (byClass === undefined || byClass.size < losses.size))
    losses = isMean && loss.reduction !== "batchMean" ? losses.flatten(1).mean(1) : losses.flatten(1).sum(1);
  const column = [shape[0], ...losses.shape.slice(1).map(() => 1)];
  let weights = samples?.cast(losses.dtype).reshape(column);
  if (byClass !== undefined) {
    const own = byClass.reshape(byClass.size === losses.size ? losses.shape : column);
    weights = weights?.mul(own) ?? own;
  }
  const sum = losses.mul(weights as Tensor).sum();
  const weight = (counts?.mul(weights as Tensor) ?? (weights as Tensor)).sum();
  // A batch in which nothing counts has loss 0.
  return { loss: isMean ? sum.div(weight.eq(0).where(1, weight)) : sum, weight };
}

function lossOfEach(op: string, loss: Loss, output: Tensor, target: Tensor): Tensor {
  const each = checkTensor(op, loss(output, target, { reduction: "none" }));
  const n = output.shape[0];
  if (each.rank > 0 && each.shape[0] === n) return each;
  const problem = `the loss has shape ${shapeText(each.shape)}; where samples are weighted it is called with { reduction: "none" }`;
  throw new ShapeError(message(op, `${problem}, and expected to give [${n}] or [${n}, …]`));
}

/** What each loss contributes to the divisor, in the losses' shape; null where each sample contributes 1. */
function countOfEach(op: string, loss: Loss, output: Tensor, target: Tensor, { size, shape }: Tensor): Tensor | null {
  const counts = loss.divisor?.(output, target, { reduction: "none" }) ?? countedLabels(op, loss, output, target);
  if (counts === null) return null;
  if (counts instanceof Tensor && counts.size === size) return counts.reshape(shape);
  const found = counts instanceof Tensor ? `has shape ${shapeText(counts.shape)}` : `is ${kindText(counts)}`;
  const problem = `the loss's divisor ${found}; where samples are weighted it is called with { reduction: "none" }`;
  throw new ShapeError(message(op, `${problem}, and expected to give what each loss contributes, ${shapeText(shape)}`));
}

function checkTensor(op: string, loss: unknown): Tensor {
  if (loss instanceof Tensor) return loss;
  throw new ArgumentError(message(op, `the loss is ${kindText(loss)}; expected a tensor`));
}

function checkScalar(op: string, loss: unknown): Tensor {
  const found = checkTensor(op, loss);
  if (found.size === 1) return found;
  throw new ShapeError(message(op, `the loss has shape ${shapeText(found.shape)}; expected a scalar`, "Reduce it with mean() or sum()."));
}
