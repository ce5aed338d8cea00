import type { Module } from "../nn/module.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { eachBatch } from "./batches.js";
import { captureObstacle } from "./capturable.js";
import { type Batch, countSamples } from "./data.js";
import { EvaluationStep } from "./evaluationStep.js";
import { type Output, outputsOf, withLogits } from "./outputs.js";
import { partsOf } from "./rows.js";

/** Bytes of a batch up to which its step is captured: with more, what that saves is nothing, and its memory would stay taken. */
const MOST_CAPTURED = 1 << 20;

/** The forward of `predict`. A model has one for life: the parameters are read where they lie, so training goes on beside it. */
export class Prediction {
  readonly #step: EvaluationStep<Output[]>;

  constructor(model: Module) {
    this.#step = new EvaluationStep(
      model,
      (batch) => withLogits(outputsOf("predict", model, batch)),
      () => captureObstacle(model),
    );
  }

  run(batch: Batch): Output[] {
    const inputs = partsOf(batch);
    const outputs = this.#step.run(batch, inputs.reduce((sum, { storage }) => sum + storage.bytes, 0) <= MOST_CAPTURED);
    return outputs.map(({ result, squashed }) => ({
      result: apart(result, inputs),
      squashed: squashed && { ...squashed, logits: apart(squashed.logits, inputs) },
    }));
  }
}

/** Samples in batches. One batch is not copied. */
export function batchesToPredict(whole: Batch, batchSize: number): Iterable<Batch> {
  return countSamples(whole) <= batchSize ? [whole] : eachBatch(whole, batchSize);
}

/** A result as data of its own, also where the model gave back what it was given. */
function apart(result: Tensor, inputs: readonly Tensor[]): Tensor {
  if (!inputs.some(({ storage }) => storage === result.storage)) return result;
  return new Tensor(dataStorage(result.dtype, result.data, "predict"), result.shape);
}
