import type { Tensor } from "../tensor/tensor.js";
import type { Objective } from "./objective.js";
import { type Output, withoutLogits } from "./outputs.js";

/** What a step over a batch returns: its objective and the predictions, as tensors, since a captured step returns no other numbers. */
export interface StepResult extends Objective {
  /** Empty where no metric wants them. */
  readonly outputs: readonly Output[];
}

/** What a batch contributes to the figures of an epoch: its loss, how much the batch weighs, and the predictions. */
export interface BatchFigures {
  readonly loss: number;
  readonly weight: number;
  readonly outputs: readonly Tensor[];
}

/** Reads a step's result. */
export function figuresOf({ loss, weight, outputs }: StepResult): BatchFigures {
  return { loss: loss.item(), weight: typeof weight === "number" ? weight : weight.item(), outputs: withoutLogits(outputs) };
}
