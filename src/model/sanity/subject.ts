import { ArgumentError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import { typeOf } from "../../nn/architecture.js";
import { inModes } from "../../nn/modes.js";
import type { Module } from "../../nn/module.js";
import { seedOf, underSeed } from "../../tensor/seed.js";
import type { Tensor } from "../../tensor/tensor.js";
import {
  type Batch,
  checkData,
  countSamples,
  eachPart,
  isSamples,
  type TrainingData,
  takeRange,
  takeRows,
  toBatch,
} from "../../train/data.js";
import type { Trainee } from "../../train/loop.js";
import { objective } from "../../train/objective.js";
import { outputsOf } from "../../train/outputs.js";
import type { Model } from "../model.js";
import { checkModel } from "../rehearsed.js";

/** What is looked at or checked: a compiled model, with some samples. */
export interface Subject {
  readonly op: string;
  readonly trainee: Trainee;
  readonly batch: Batch;
}

/** What a function of a model and data works on, with some samples of the data. @throws GraphError before compile, ArgumentError, ShapeError */
export async function subjectOf(op: string, model: Model, data: TrainingData, samples: number): Promise<Subject> {
  checkModel(op, model);
  checkData(op, data);
  const trainee = model.trainee(op);
  const batch = await someOf(op, data, samples);
  if (batch === null) throw new ArgumentError(message(op, "the data have no samples"));
  return { op, trainee, batch };
}

/** What draws or drops in training would make a loss differ from call to call. */
const RANDOM = /Dropout|DropConnect|DropPath|StochasticDepth|Noise/;

/** Runs `fn` with the model in training, but without dropout and noise; random numbers are the same each time. */
export function steady<T>(model: Module, fn: () => T): T {
  const modules = [...model.namedModules().values()];
  return inModes(
    modules,
    (module) => !RANDOM.test(typeOf(module)),
    () => underSeed(seedOf(0), fn),
  );
}

/** The loss of the outputs for a batch, without the penalty of weights, with its graph. */
export function lossOf({ op, trainee }: Subject, batch: Batch): Tensor {
  return objective(op, trainee, outputsOf(op, trainee.model, batch), batch).loss;
}

/** Some samples from all over the data, so that they have several labels; of batches those of the first. Null: there are none. */
export async function someOf(op: string, data: TrainingData, count: number): Promise<Batch | null> {
  if (isSamples(data)) {
    const whole = toBatch(op, data);
    const n = countSamples(whole);
    // Steps of the golden ratio fall in with no period of the data.
    const rows = Array.from({ length: Math.min(count, n) }, (_, i) => (n <= count ? i : Math.floor(((i * 0.6180339887498949) % 1) * n)));
    return n === 0 ? null : takeRows(whole, Int32Array.from(rows));
  }
  for await (const samples of data) {
    const batch = toBatch(op, samples);
    return takeRange(batch, 0, Math.min(count, countSamples(batch)));
  }
  return null;
}

/** The batch with all inputs 0. */
export function withoutInputs(batch: Batch): Batch {
  return { ...batch, x: eachPart({ x: batch.x }, (x) => x.mul(0).cast(x.dtype).detach()).x };
}
