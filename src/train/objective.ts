import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { Loss } from "../nn/losses.js";
import { requirePositive } from "../ops/within.js";
import { zeros } from "../tensor/creation.js";
import type { Tensor } from "../tensor/tensor.js";
import { alignTarget } from "./align.js";
import { type BatchLoss, batchLoss } from "./batchLoss.js";
import type { ClassWeights } from "./classWeight.js";
import { type Batch, weightOf, weightsOf } from "./data.js";

/** What the model is trained for: losses of its outputs. */
export interface Goal {
  /** One for all outputs, or one for each. */
  readonly losses: readonly Loss[];
  /** What the loss of each output is multiplied with in the sum; empty: 1. */
  readonly lossWeights: readonly number[];
}

/** What a goal says of one output. */
export function goalOf({ losses, lossWeights }: Goal, output: number): { readonly loss: Loss; readonly factor: number } {
  return { loss: losses[losses.length === 1 ? 0 : output], factor: lossWeights[output] ?? 1 };
}

/** What a batch comes to. */
export interface Objective {
  /** The losses of the outputs, each multiplied with its weight, added up. */
  readonly loss: Tensor;
  /** The loss of each output, as it is. */
  readonly parts: readonly BatchLoss[];
}

/** The loss of a batch: the losses of its outputs added up, in which samples and classes are weighted. */
export function objective(op: string, goal: Goal, outputs: readonly Tensor[], batch: Batch, classes?: ClassWeights): Objective {
  const targets = batch.y === undefined ? [] : Array.isArray(batch.y) ? batch.y : [batch.y];
  checkCounts(op, outputs.length, targets.length, goal, classes);
  const weighed = weightsOf(batch).length;
  if (Array.isArray(batch.weight) && weighed !== outputs.length) {
    const problem = `the model has ${outputs.length} outputs, the data have a list of ${weighed} weights`;
    throw new ArgumentError(message(op, problem, "Give one weight for all, or one for each output."));
  }
  const parts = outputs.map((output, i) => {
    const { loss } = goalOf(goal, i);
    return batchLoss(op, loss, output, alignTarget(output, targets[i]), { samples: weightOf(batch, i), classes });
  });
  const terms = parts.map((part, i) => {
    const loss = parts.length === 1 ? part.loss : counted(part);
    const { factor } = goalOf(goal, i);
    return factor === 1 ? loss : loss.mul(factor);
  });
  return { loss: terms.reduce((sum, term) => sum.add(term)), parts };
}

/** The loss of an output, which is 0 where nothing counts: 0/0 of a mean must not reach the sum. */
function counted({ loss, weight }: BatchLoss): Tensor {
  if (typeof weight === "number") return weight > 0 ? loss : zeros([], { dtype: loss.dtype });
  return weight.eq(0).where(0, loss);
}

/**
 * Ends a step, captured or not, for a batch in which nothing counts: every label is ignored, or every weight is 0.
 * @throws NothingCounts
 */
export function requireCounted(parts: readonly BatchLoss[]): void {
  if (parts.some(({ weight }) => typeof weight === "number" && weight > 0)) return;
  const weights = parts.flatMap(({ weight }) => (typeof weight === "number" ? [] : [weight]));
  const stop = (): never => {
    throw new NothingCounts();
  };
  if (weights.length === 0) stop();
  requirePositive(
    weights.reduce((sum, weight) => sum.add(weight)),
    stop,
  );
}

/** Ends a step that would change nothing. */
export class NothingCounts extends Error {}

function checkCounts(op: string, outputs: number, targets: number, { losses, lossWeights }: Goal, classes: ClassWeights | undefined): void {
  const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;
  if (targets !== outputs) {
    const problem = `the model has ${count(outputs, "output")}, the data have ${count(targets, "target")}`;
    throw new ArgumentError(message(op, problem, "Give y, one tensor for each output."));
  }
  if (losses.length !== 1 && losses.length !== outputs) {
    const problem = `the model has ${count(outputs, "output")}, compile was given ${losses.length} losses`;
    throw new ArgumentError(message(op, problem, "Give one loss for all, or one for each."));
  }
  if (lossWeights.length !== 0 && lossWeights.length !== outputs)
    throw new ArgumentError(message(op, `the model has ${count(outputs, "output")}, compile was given ${lossWeights.length} lossWeights`));
  if (classes !== undefined && outputs > 1)
    throw new ArgumentError(message(op, `classWeight for a model with ${outputs} outputs`, "Weigh the samples instead: { x, y, weight }."));
}
