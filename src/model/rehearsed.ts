import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { bindOptimizer } from "../train/bind.js";
import { inputsOf, isSamples, type TrainingData, takeRange, toBatch } from "../train/data.js";
import { inEvaluation } from "../train/evaluationStep.js";
import { keepMoving } from "../train/moving.js";
import { streamAside } from "../train/stream.js";
import { Model } from "./model.js";
import { parametersOf } from "./summary.js";

/**
 * Trains a model for a trial: afterwards its weights, running statistics, modes and history, its optimizer and the random numbers of its
 * trainings are as before, to the bit, however the trial ends. A lazy model is built, and an optimizer without parameters is bound.
 */
export async function rehearsed(op: string, model: Model, data: TrainingData, trial: () => Promise<void>): Promise<void> {
  const { optimizer } = model;
  await build(op, model, data);
  bindOptimizer(optimizer, model);
  const weights = model.stateDict();
  const restoreMoving = keepMoving(model);
  const { history } = model;
  const state = optimizer.stateDict();
  const { learningRate } = optimizer;
  const rates = optimizer.groups.map((group) => ({ group, learningRate: group.learningRate, ownsRate: group.ownsRate }));
  const restoreStream = streamAside(model);
  try {
    await trial();
  } finally {
    restoreStream();
    for (const { group, learningRate, ownsRate } of rates) {
      group.learningRate = learningRate;
      group.ownsRate = ownsRate;
    }
    optimizer.learningRate = learningRate;
    optimizer.loadStateDict(state);
    model.loadStateDict(weights);
    restoreMoving();
    model.history = history;
  }
}

/** @throws ArgumentError for anything but a model */
export function checkModel(op: string, model: unknown): void {
  if (!(model instanceof Model))
    throw new ArgumentError(message(op, `the model is ${kindText(model)}; expected a Model, such as a Sequential`));
}

/** The first forward of a lazy model, in evaluation, on one sample or the first batch. */
export async function build(op: string, model: Model, data: TrainingData): Promise<void> {
  if (parametersOf(model) !== null) return;
  const batch = await firstBatch(op, data);
  if (batch === null) return;
  inEvaluation([...model.namedModules().values()], () => model.forward(...inputsOf(batch)));
}

async function firstBatch(op: string, data: TrainingData) {
  if (isSamples(data)) return takeRange(toBatch(op, data), 0, 1);
  for await (const samples of data) return toBatch(op, samples);
  return null;
}
