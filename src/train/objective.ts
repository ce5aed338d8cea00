import { ArgumentError, ShapeError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import type { Loss } from "../nn/losses.js";
import { tensor } from "../tensor/creation.js";
import { isFloating } from "../tensor/dtype.js";
import type { Shape } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import type { ClassWeight } from "./classWeight.js";
import { type Batch, countSamples } from "./data.js";

/** The loss of a batch, and what the batch weighs in a mean over batches. */
export interface Objective {
  readonly loss: Tensor;
  readonly weight: Tensor | number;
}

/**
 * The loss of a batch: the losses of its outputs added up, samples weighted: Σ wᵢ·lossᵢ / Σ wᵢ, with lossᵢ the mean over the
 * sample's elements.
 */
export function objective(
  op: string,
  losses: readonly Loss[],
  outputs: readonly Tensor[],
  batch: Batch,
  classWeight?: ClassWeight,
): Objective {
  const targets = batch.y === undefined ? [] : Array.isArray(batch.y) ? batch.y : [batch.y];
  checkCounts(op, outputs.length, targets.length, losses.length, classWeight);
  const one = (i: number): Objective => {
    const loss = losses[losses.length === 1 ? 0 : i];
    const target = alignTarget(outputs[i], targets[i]);
    if (batch.weight !== undefined || classWeight !== undefined) return weighted(op, loss, outputs[i], target, batch.weight, classWeight);
    return { loss: checkScalar(op, loss(outputs[i], target)), weight: countSamples(batch) };
  };
  let { loss, weight } = one(0);
  for (let i = 1; i < outputs.length; i++) loss = loss.add(one(i).loss);
  return { loss, weight };
}

function checkCounts(op: string, outputs: number, targets: number, losses: number, classWeight: ClassWeight | undefined): void {
  const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;
  if (targets !== outputs) {
    throw new ArgumentError(
      message(
        op,
        `the model has ${count(outputs, "output")}, the data have ${count(targets, "target")}`,
        "Give y, one tensor for each output.",
      ),
    );
  }
  if (losses !== 1 && losses !== outputs) {
    throw new ArgumentError(
      message(
        op,
        `the model has ${count(outputs, "output")}, compile was given ${losses} losses`,
        "Give one loss for all, or one for each.",
      ),
    );
  }
  if (classWeight !== undefined && outputs > 1) {
    throw new ArgumentError(message(op, `classWeight for a model with ${outputs} outputs`, "Weigh the samples instead: { x, y, weight }."));
  }
}

/** A column beside a flat list, or labels in a column, are lined up as Keras does. */
export function alignTarget(prediction: Tensor, target: Tensor): Tensor {
  const { shape } = prediction;
  if (shape.length !== target.rank) {
    return prediction.size === target.size && isList(shape) && isList(target.shape) ? target.reshape(shape) : target;
  }
  const labelColumn = shape.length === 2 && shape[1] > 1 && target.shape[1] === 1 && !isFloating(target.dtype);
  return labelColumn ? target.squeeze(1) : target;
}

/** [n], or [n, 1, …]. */
function isList(shape: Shape): boolean {
  for (let i = 1; i < shape.length; i++) if (shape[i] !== 1) return false;
  return shape.length > 0;
}

function weighted(
  op: string,
  loss: Loss,
  output: Tensor,
  target: Tensor,
  weight: Tensor | undefined,
  classWeight: ClassWeight | undefined,
): Objective {
  const each = checkTensorLoss(op, loss(output, target, { reduction: "none" }));
  const n = output.shape[0];
  if (each.rank === 0 || each.shape[0] !== n) {
    throw new ShapeError(
      message(
        op,
        `the loss has shape ${shapeText(each.shape)}; where samples are weighted it is called with { reduction: "none" }, and expected to give [${n}] or [${n}, …]`,
      ),
    );
  }
  let factors = weight === undefined ? null : weight.cast(each.dtype).reshape([n]);
  let losses = each;
  if (classWeight !== undefined) {
    const byClass = classWeights(output, target, classWeight);
    // A label for each element of the loss, or one for the sample.
    const shape = byClass.size === each.size ? each.shape : [n];
    const own = factors === null || shape.length === 1 ? factors : factors.reshape([n, ...shape.slice(1).map(() => 1)]);
    factors = own === null ? byClass.reshape(shape) : own.mul(byClass.reshape(shape));
  }
  if (losses.rank > (factors as Tensor).rank) losses = losses.flatten(1).mean(1);
  const total = (factors as Tensor).sum();
  const sum = losses.mul(factors as Tensor).sum();
  // A batch in which nothing counts has loss 0.
  return { loss: sum.div(total.eq(0).where(1, total)), weight: total };
}

/** The weight of each label: [n], or one for each element of a loss of several labels a sample. */
function classWeights(output: Tensor, target: Tensor, table: ClassWeight): Tensor {
  const rows = isFloating(target.dtype) && target.rank > 1 && target.shape[1] > 1 && target.size === output.size;
  const labels = (rows ? target.detach().argmax(1) : target).view();
  const weights = table as Record<number, number>;
  return tensor(Float32Array.from(labels, (label) => weights[label] ?? 1)).cast(output.dtype);
}

function checkTensorLoss(op: string, loss: unknown): Tensor {
  if (loss instanceof Tensor) return loss;
  throw new ArgumentError(message(op, `the loss is ${kindText(loss)}; expected a tensor`));
}

function checkScalar(op: string, loss: unknown): Tensor {
  const found = checkTensorLoss(op, loss);
  if (found.size === 1) return found;
  throw new ShapeError(message(op, `the loss has shape ${shapeText(found.shape)}; expected a scalar`, "Reduce it with mean() or sum()."));
}
