import { timed } from "../kernels/observer.js";
import type { Module } from "../nn/module.js";
import type { Optimizer } from "../optim/optimizer.js";
import { countBatches } from "./batches.js";
import { Breather } from "./breathe.js";
import type { Callback, Logs, TrainingContext } from "./callbacks.js";
import { type Batch, countSamples, isSamples, type TrainingData, toBatch } from "./data.js";
import { Evaluation } from "./evaluate.js";
import type { Metric } from "./metrics.js";
import type { ClassWeight, Loss } from "./objective.js";
import { ProgressBar } from "./progress.js";
import { nothingToDo, source } from "./source.js";
import { Tally } from "./tally.js";
import { TrainingStep } from "./trainingStep.js";

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
  /** Whether steps may be captured. */
  capture: boolean;
}

/** The training loop: for each epoch and batch forward, loss, backward, step. It is the loop you would have written. */
export async function trainLoop(trainee: Trainee, data: TrainingData, options: LoopOptions): Promise<void> {
  const { epochs, batchSize, callbacks, signal, validation } = options;
  const whole = isSamples(data) ? toBatch("fit", data) : null;
  const figures = ["loss", ...trainee.metrics.map(({ name }) => name)];
  const step = new TrainingStep(trainee, options.classWeight, options.capture);
  const run: Run = { trainee, step, data, whole, options, breather: new Breather(), stopped: false };
  const context: TrainingContext = {
    model: trainee.model,
    epochs,
    steps: whole === null ? null : countBatches(countSamples(whole), batchSize),
    figures: validation === undefined ? figures : [...figures, ...figures.map(validationName)],
    stop: () => {
      run.stopped = true;
    },
  };
  const evaluation = validation === undefined ? null : new Evaluation("fit", trainee, validation, options.capture);
  try {
    for (const callback of callbacks) await timed("callbacks", () => callback.onTrainBegin?.(context));
    for (let epoch = 0; epoch < epochs && !run.stopped; epoch++) {
      for (const callback of callbacks) await timed("callbacks", () => callback.onEpochBegin?.(epoch));
      const logs = await trainEpoch(run, epoch);
      if (evaluation !== null) {
        const found = await evaluation.run({ batchSize, breather: run.breather, signal });
        for (const [name, value] of Object.entries(found)) logs[validationName(name)] = value;
      }
      for (const callback of callbacks) await timed("callbacks", () => callback.onEpochEnd?.(epoch, logs));
    }
  } finally {
    step.dispose();
    evaluation?.dispose();
    for (const callback of callbacks) await timed("callbacks", () => callback.onTrainEnd?.());
  }
}

/** A training under way. */
interface Run {
  readonly trainee: Trainee;
  readonly step: TrainingStep;
  readonly data: TrainingData;
  /** The data, if they are samples in memory. */
  readonly whole: Batch | null;
  readonly options: LoopOptions;
  readonly breather: Breather;
  stopped: boolean;
}

/** @returns the epoch's figures */
async function trainEpoch(run: Run, epoch: number): Promise<Logs> {
  const { trainee, step, data, whole, options, breather } = run;
  const callbacks = options.callbacks.filter(({ onBatchEnd }) => onBatchEnd !== undefined);
  // A progress bar changes nothing.
  const meddles = callbacks.some((callback) => !(callback instanceof ProgressBar));
  trainee.model.train();
  step.beginEpoch();
  const tally = new Tally("fit", trainee.metrics);
  let index = 0;
  try {
    for await (const batch of source("fit", whole, data, options)) {
      options.signal?.throwIfAborted();
      const { loss, weight, outputs } = step.run(batch, epoch, index);
      timed("metrics", () => tally.add(loss, weight, outputs, batch));
      for (const callback of callbacks) await timed("callbacks", () => callback.onBatchEnd?.(index, tally.logs()));
      if (meddles) step.lookAgain();
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

/** accuracy → valAccuracy */
function validationName(name: string): string {
  return `val${name[0].toUpperCase()}${name.slice(1)}`;
}
