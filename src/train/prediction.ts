import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { Module } from "../nn/module.js";
import type { TensorLike } from "../tensor/nested.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { untilAborted } from "./abort.js";
import { eachBatch } from "./batches.js";
import { Breather } from "./breathe.js";
import { captureObstacle } from "./capturable.js";
import { type Batch, countSamples, hasParts, type Samples, toBatch } from "./data.js";
import { EvaluationStep } from "./evaluationStep.js";
import { joinOutputs, type Output, outputsOf, withLogits, withoutLogits } from "./outputs.js";
import { partsOf } from "./rows.js";

/** The inputs of a prediction: samples along the first axis. */
export type PredictInputs = TensorLike | Tensor | Tensor[];

/** Batches of inputs that somebody else makes. Other parts of a batch, such as y, are left alone. */
export type PredictBatches = Iterable<PredictInputs | Samples> | AsyncIterable<PredictInputs | Samples>;

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

  /** The outputs for all inputs, joined. @throws ArgumentError where there are none */
  async all(
    x: PredictInputs | PredictBatches,
    { batchSize, yieldEvery, signal }: { batchSize: number; yieldEvery: number; signal?: AbortSignal },
  ): Promise<Tensor[]> {
    const breather = new Breather(yieldEvery);
    const parts: Output[][] = [];
    const add = (batch: Batch): void => {
      signal?.throwIfAborted();
      if (countSamples(batch) > 0) parts.push(this.run(batch));
    };
    if (areBatches(x)) {
      for await (const batch of untilAborted(x, signal, toInputs)) {
        add(batch);
        if (breather.due) await breather.pause();
      }
    } else {
      for (const batch of batchesToPredict(toBatch("predict", { x }), batchSize)) {
        add(batch);
        if (breather.due) await breather.pause();
      }
    }
    if (parts.length === 0) throw new ArgumentError(message("predict", "x has no samples"));
    return withoutLogits(joinOutputs(parts));
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

function areBatches(x: PredictInputs | PredictBatches): x is PredictBatches {
  if (x === null || typeof x !== "object") return false;
  const areInputs = (Array.isArray(x) && !hasParts(x[0])) || x instanceof Tensor || ArrayBuffer.isView(x);
  return !areInputs && (Symbol.asyncIterator in x || Symbol.iterator in x);
}

/** A batch without what a prediction does not need. */
function toInputs(part: PredictInputs | Samples): Batch {
  const { x } = hasParts(part) ? (part as Samples) : { x: part as PredictInputs };
  return toBatch("predict", { x });
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
