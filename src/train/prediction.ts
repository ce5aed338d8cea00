import type { Module } from "../nn/module.js";
import type { Batch } from "./data.js";
import { EvaluationStep } from "./evaluation.js";
import { type Output, outputsOf, withLogits } from "./outputs.js";
import { partsOf } from "./rows.js";

/** Bytes of a batch up to which its step is captured: with more, what that saves is nothing, and its memory would stay taken. */
const MOST_CAPTURED = 1 << 20;

/** The forward of `predict`. A model has one for life: the parameters are read where they lie, so training goes on beside it. */
export class Prediction {
  readonly #step: EvaluationStep<Output[]>;

  constructor(model: Module) {
    this.#step = new EvaluationStep(model, (batch) => withLogits(outputsOf("predict", model, batch)));
  }

  run(batch: Batch): Output[] {
    return this.#step.run(batch, partsOf(batch).reduce((sum, { storage }) => sum + storage.bytes, 0) <= MOST_CAPTURED);
  }
}
