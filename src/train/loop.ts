import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import type { Module } from "../nn/module.js";
import type { Optimizer } from "../optim/optimizer.js";
import { Tensor } from "../tensor/tensor.js";
import { untilAborted } from "./abort.js";
import { countBatches, eachBatch } from "./batches.js";
import { Breather } from "./breathe.js";
import type { Callback, Logs, TrainingContext } from "./callbacks.js";
import { type Batch, countSamples, inputsOf, isSamples, type Samples, type TrainingData, toBatch } from "./data.js";
import { diverged } from "./diagnose.js";
import { inEvaluation } from "./evaluation.js";
import type { Metric } from "./metrics.js";
import { type ClassWeight, type Loss, objective } from "./objective.js";
import { Tally } from "./tally.js";

/** What is trained, and by what. */
export interface Trainee {
  readonly model: Module;
  readonly optimizer: Optimizer;
  readonly losses: readonly Loss[];
  readonly metrics: readonly Metric[];
}

export interface LoopOptions {
  epochs: number;
  batchSize: number;
  shuffle: boolean;
  callbacks: readonly Callback[];
  classWeight?: ClassWeight;
  validation?: TrainingData;
  signal?: AbortSignal;
}

/** The training loop: for each epoch and batch forward, loss, backward, step. It is the loop you would have written. */
export async function trainLoop(trainee: Trainee, data: TrainingData, options: LoopOptions): Promise<void> {
  const { epochs, batchSize, callbacks, signal, validation } = options;
  const whole = isSamples(data) ? toBatch("fit", data) : null;
  const figures = ["loss", ...trainee.metrics.map(({ name }) => name)];
  const run: Run = { trainee, data, whole, options, breather: new Breather(), stopped: false };
  const context: TrainingContext = {
    model: trainee.model,
    epochs,
    steps: whole === null ? null : countBatches(countSamples(whole), batchSize),
    figures: validation === undefined ? figures : [...figures, ...figures.map(validationName)],
    stop: () => {
      run.stopped = true;
    },
  };
  try {
    for (const callback of callbacks) await callback.onTrainBegin?.(context);
    for (let epoch = 0; epoch < epochs && !run.stopped; epoch++) {
      for (const callback of callbacks) await callback.onEpochBegin?.(epoch);
      const logs = await trainEpoch(run, epoch);
      if (validation !== undefined) {
        const found = await evaluateLoop("fit", trainee, validation, { batchSize, breather: run.breather, signal });
        for (const [name, value] of Object.entries(found)) logs[validationName(name)] = value;
      }
      for (const callback of callbacks) await callback.onEpochEnd?.(epoch, logs);
    }
  } finally {
    for (const callback of callbacks) await callback.onTrainEnd?.();
  }
}

/** A training under way. */
interface Run {
  readonly trainee: Trainee;
  readonly data: TrainingData;
  /** The data, if they are samples in memory. */
  readonly whole: Batch | null;
  readonly options: LoopOptions;
  readonly breather: Breather;
  stopped: boolean;
}

/** @returns the epoch's figures */
async function trainEpoch(run: Run, epoch: number): Promise<Logs> {
  const { trainee, data, whole, options, breather } = run;
  const callbacks = options.callbacks.filter(({ onBatchEnd }) => onBatchEnd !== undefined);
  trainee.model.train();
  const tally = new Tally("fit", trainee.metrics);
  let index = 0;
  try {
    for await (const batch of source("fit", whole, data, options)) {
      options.signal?.throwIfAborted();
      trainStep(trainee, batch, tally, options.classWeight, epoch, index);
      for (const callback of callbacks) await callback.onBatchEnd?.(index, tally.logs());
      index++;
      if (breather.due) await breather.pause();
      if (run.stopped) break;
    }
  } finally {
    tally.close();
  }
  if (index === 0) throw nothingToDo("fit", `epoch ${epoch + 1} had no batches`, data);
  return tally.logs();
}

/**
 * Loss and metrics over all data, without training; a sample counts as one, however the batches fall.
 * @param op who evaluates, as errors say it
 */
export async function evaluateLoop(
  op: "evaluate" | "fit",
  { model, losses, metrics }: Trainee,
  data: TrainingData,
  options: { batchSize: number; breather?: Breather; signal?: AbortSignal },
): Promise<Logs> {
  const { breather = new Breather(), signal } = options;
  const tally = new Tally(op, metrics);
  let empty = true;
  try {
    const whole = isSamples(data) ? toBatch(op, data) : null;
    for await (const batch of source(op, whole, data, { ...options, shuffle: false })) {
      signal?.throwIfAborted();
      empty = false;
      inEvaluation(model, () => {
        const outputs = outputsOf(op, model, batch);
        const { loss, weight } = objective(op, losses, outputs, batch);
        tally.add(loss.item(), weight, outputs, batch);
      });
      if (breather.due) await breather.pause();
    }
  } finally {
    tally.close();
  }
  if (empty) throw nothingToDo(op, op === "fit" ? "the validation data have no batches" : "the data have no batches", data);
  return tally.logs();
}

/** What a model makes of a batch: one result or several. @throws ArgumentError for anything but tensors */
export function outputsOf(op: string, model: Module, batch: Batch): Tensor[] {
  const result: unknown = model.forward(...inputsOf(batch));
  const outputs = Array.isArray(result) ? result : [result];
  for (const output of outputs) {
    if (!(output instanceof Tensor))
      throw new ArgumentError(message(op, `the model's forward gave ${kindText(output)}; expected a tensor, or a list of tensors`));
  }
  return outputs;
}

function trainStep(
  { model, optimizer, losses }: Trainee,
  batch: Batch,
  tally: Tally,
  classWeight: ClassWeight | undefined,
  epoch: number,
  index: number,
): void {
  const outputs = outputsOf("fit", model, batch);
  // Not before the first forward, which builds lazy layers.
  if (index === 0) {
    bind(optimizer, model);
    // What somebody left over from looking at gradients does not count.
    optimizer.zeroGrad();
  }
  const { loss, weight } = objective("fit", losses, outputs, batch, classWeight);
  const value = loss.item();
  if (!Number.isFinite(value)) {
    throw diverged(model, batch, value, { epoch, batch: index, learningRate: optimizer.currentLearningRate });
  }
  loss.backward();
  optimizer.step();
  optimizer.zeroGrad();
  // Results still read after backward().
  tally.add(value, weight, outputs, batch);
}

/** Optimizers that were given all parameters of their model here. */
const boundHere = new WeakSet<Optimizer>();

/** Gives the optimizer the model's parameters, or sees to it that those it has are the model's. @throws ArgumentError */
function bind(optimizer: Optimizer, model: Module): void {
  const parameters = model.parameters();
  if (!optimizer.bound) {
    optimizer.bind(parameters);
    boundHere.add(optimizer);
    return;
  }
  const own = new Set(parameters);
  const known = optimizer.groups.flatMap(({ params }) => params);
  if (!known.every((parameter) => own.has(parameter)) || (boundHere.has(optimizer) && known.length < own.size)) {
    throw new ArgumentError(message("fit", "the optimizer is bound to other parameters than the model's", "Compile the model anew."));
  }
}

/** The batches of an epoch. */
function source(
  op: string,
  whole: Batch | null,
  data: TrainingData,
  { batchSize, shuffle, signal }: Pick<LoopOptions, "batchSize" | "shuffle" | "signal">,
): Iterable<Batch> | AsyncIterable<Batch> {
  return whole === null
    ? untilAborted(data as AsyncIterable<Samples>, signal, (part) => toBatch(op, part))
    : eachBatch(whole, batchSize, { shuffle });
}

function nothingToDo(op: string, what: string, data: TrainingData): Error {
  if (isSamples(data)) return new ArgumentError(message(op, what));
  return new ArgumentError(message(op, what, "An iterator can be walked once: give an iterable that starts afresh."));
}

/** accuracy → valAccuracy */
function validationName(name: string): string {
  return `val${name[0].toUpperCase()}${name.slice(1)}`;
}
