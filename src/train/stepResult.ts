import type { Tensor } from "../tensor/tensor.js";
import type { BatchLoss } from "./batchLoss.js";
import { type Output, withoutLogits } from "./outputs.js";

/** What a step over a batch returns: losses and predictions, as tensors, since a captured step returns no other numbers. */
export interface StepResult {
  /** The loss of each output. */
  readonly parts: readonly BatchLoss[];
  /** What the weights add to the loss; null where none has a penalty. */
  readonly penalty: Tensor | null;
  /** The predictions; empty where no metric wants them. */
  readonly outputs: readonly Output[];
}

/** What a batch contributes to the figures of an epoch. */
export interface BatchFigures {
  /** The loss of each output, and how much the batch weighs in its mean; empty where nothing in the batch counts. */
  readonly parts: readonly { readonly loss: number; readonly weight: number }[];
  readonly penalty: number | null;
  readonly outputs: readonly Tensor[];
}

/** The figures of a batch in which nothing counts. */
export const NO_FIGURES: BatchFigures = { parts: [], penalty: null, outputs: [] };

/** Reads a step's result. */
export function figuresOf({ parts, penalty, outputs }: StepResult): BatchFigures {
  return { parts: parts.map(numbersOf), penalty: penalty?.item() ?? null, outputs: withoutLogits(outputs) };
}

function numbersOf({ loss, weight }: BatchLoss): { loss: number; weight: number } {
  return { loss: loss.item(), weight: typeof weight === "number" ? weight : weight.item() };
}
