import type { Penalty } from "../graph/weightRule.js";
import { timed } from "../kernels/observer.js";
import type { Module } from "../nn/module.js";
import { isPenalized } from "../nn/penaltySum.js";
import type { Optimizer } from "../optim/optimizer.js";
import { Breather } from "./breathe.js";
import type { Callback, Logs, TrainingContext } from "./callbacks.js";
import { type Batch, isSamples, type TrainingData, toBatch } from "./data.js";
import { Endings } from "./endings.js";
import { type EpochOptions, Epochs } from "./epochs.js";
import { Evaluation } from "./evaluation.js";
import { figureOf, outputName, validationName } from "./figureNames.js";
import { type FiguresState, RunningFigures } from "./figures.js";
import type { FiniteGuard } from "./finiteGuard.js";
import { Hooks } from "./hooks.js";
import type { Incident } from "./incident.js";
import type { Keeper, Resumption } from "./keeper.js";
import type { Measured } from "./metrics/measured.js";
import { isBetterGreater } from "./metrics/metric.js";
import type { Goal } from "./objective.js";
import { requireSomeWeight } from "./sampleWeight.js";
import type { TrainingStep } from "./trainingStep.js";

/** What is trained, and by what. */
export interface Trainee extends Goal {
  readonly model: Module;
  readonly optimizer: Optimizer;
  readonly metrics: readonly Measured[];
  /** What weights add to the loss that have no penalty of their own; null: nothing. */
  readonly penalty: Penalty | null;
  /** The names of the model's outputs; null if it does not tell them. */
  readonly outputNames: readonly string[] | null;
}

export interface LoopOptions extends EpochOptions {
  /** The number of epochs, with those before `initialEpoch`. */
  epochs: number;
  /** Milliseconds between two turns of the event loop. */
  yieldEvery: number;
  callbacks: readonly Callback[];
  validation?: TrainingData;
  /** Batches of the validation; undefined: all. */
  validationSteps?: number;
  /** Gets the loss of each step. */
  stepLosses: number[];
  /** Acts where a step is not finite; null: that ends training. */
  guard: FiniteGuard | null;
  /** Gets what the guard meets. */
  incidents: Incident[];
  /** Whether the steps of the validation may be captured. */
  capture: boolean;
  /** Number of batches whose gradients make a step. */
  accumulate: number;
  /** Who keeps the state of the training; null: nobody. */
  keeper: Keeper | null;
  /** Where the training goes on; null: it begins at `initialEpoch`. */
  resumption: Resumption | null;
}

/**
 * The training loop: for each epoch and batch forward, loss, backward, step. It is the loop you would have written.
 * @param step is disposed of at the end
 */
export async function trainLoop(trainee: Trainee, step: TrainingStep, data: TrainingData, options: LoopOptions): Promise<void> {
  const { epochs, callbacks, signal, validation, validationSteps, guard, keeper, resumption } = options;
  const whole = isSamples(data) ? toBatch("fit", data) : null;
  if (whole !== null) requireSomeWeight("fit", whole);
  const figures = figuresOf(trainee, whole);
  const walk = new Epochs(trainee.model, whole, data, options);
  const hooks = new Hooks(options.callbacks);
  step.showsGradients = hooks.wantGradients;
  guard?.begin(trainee, step, options);
  const training: Training = {
    ...{ trainee, step, guard, hooks, walk, options, whole },
    breather: new Breather(options.yieldEvery),
    stopped: false,
    between: true,
    epoch: resumption?.epoch ?? options.initialEpoch,
    batch: 0,
    figures: null,
    resumed: null,
    draws: null,
  };
  const endings = new Endings();
  const context: TrainingContext = {
    model: trainee.model,
    optimizer: trainee.optimizer,
    epochs,
    initialEpoch: training.epoch,
    resumed: resumption !== null,
    get steps() {
      return walk.steps;
    },
    get failure() {
      return endings.first;
    },
    figures: validation === undefined ? figures : [...figures, ...figures.map(validationName)],
    callbacks,
    greaterIsBetter: (figure) =>
      trainee.metrics.some(({ name, metric }) => [name, validationName(name)].includes(figure) && isBetterGreater(metric)),
    stop: () => {
      training.stopped = true;
    },
  };
  const evaluation = validation === undefined ? null : new Evaluation("fit", trainee, validation, options.capture);
  await endings.run(async () => {
    resumption?.restore(training);
    const { stream } = walk;
    await hooks.trainBegin(context);
    resumption?.restoreCallbacks(training);
    for (let { epoch } = training; epoch < epochs && !training.stopped; epoch++) {
      await hooks.epochBegin(epoch);
      stream.epoch = null;
      const logs = await trainEpoch(training, epoch);
      stream.epoch = epoch + 1;
      if (evaluation !== null) {
        await hooks.validationBegin();
        const found = await evaluation.run({
          batchSize: walk.batchSize,
          breather: training.breather,
          signal,
          stream,
          steps: validationSteps,
        });
        for (const [name, value] of Object.entries(found)) logs[validationName(name)] = value;
      }
      training.between = false;
      await hooks.epochEnd(epoch, logs);
      training.epoch = epoch + 1;
      training.batch = 0;
      training.figures = null;
      training.draws = null;
      training.between = true;
      if (keeper !== null) await keeper.epochEnd(training, logs);
    }
  });
  if (keeper !== null) await endings.run(() => keeper.end(training));
  await endings.run(() => step.dispose());
  await endings.run(() => evaluation?.dispose());
  await endings.run(() => walk.close());
  await hooks.trainEnd(endings);
  endings.finish();
}

/** A training under way. */
export interface Training {
  readonly trainee: Trainee;
  readonly step: TrainingStep;
  readonly guard: FiniteGuard | null;
  readonly hooks: Hooks;
  readonly walk: Epochs;
  readonly options: LoopOptions;
  readonly breather: Breather;
  /** The data, if they are samples in memory. */
  readonly whole: Batch | null;
  stopped: boolean;
  /** Whether it stands between two steps or epochs, with all that follows from the last one done. */
  between: boolean;
  /** Epochs that are done. */
  epoch: number;
  /** Batches of the epoch that are done. */
  batch: number;
  /** What the epoch has gathered; null between two epochs. */
  figures: RunningFigures | null;
  /** What the first epoch had gathered before the training was resumed. */
  resumed: FiguresState | null;
  /** The draws after the last batch, where more were drawn since: by an evaluation, or by a walk of data that is ahead. Null: none were. */
  draws: ReadonlyMap<string, number> | null;
}

/** @returns the epoch's figures */
async function trainEpoch(training: Training, epoch: number): Promise<Logs> {
  const { trainee, step, guard, hooks, walk, options, breather, whole } = training;
  const { keeper } = options;
  const steps = guard ?? step;
  trainee.model.train();
  step.beginEpoch();
  const figures = new RunningFigures("fit", trainee);
  if (training.resumed !== null) figures.loadStateDict(training.resumed);
  training.resumed = null;
  training.figures = figures;
  let last: Batch | null = null;
  // A walk that is aborted before its first batch has drawn already.
  if (whole === null) training.draws = walk.stream.draws;
  try {
    for await (const batch of walk.next(epoch, training.batch)) {
      last = batch;
      // Batches that wait for others would be lost to the checkpoint.
      if (keeper === null || !step.isGathering) options.signal?.throwIfAborted();
      const index = training.batch;
      training.between = false;
      walk.stream.run(() => {
        const found = steps.run(batch, { epoch, batch: index });
        options.stepLosses.push(timed("metrics", () => figures.add(found, batch)));
      });
      if (step.showsGradients) await showGradients(training, index);
      await hooks.batchEnd(index, figures);
      if (hooks.meddle) step.lookAgain();
      if (hooks.observed) await hooks.observe(training, batch);
      training.batch++;
      training.between = true;
      if (keeper !== null) await keeper.stepEnd(training);
      if (breather.due) await breather.pause();
      if (training.stopped) break;
    }
    if (last !== null) {
      training.between = false;
      const batch = last;
      const index = training.batch - 1;
      walk.stream.run(() => steps.endEpoch(batch, { epoch, batch: index }));
      if (step.showsGradients) await showGradients(training, index);
      training.between = true;
    }
    // An evaluation, which may be aborted, draws too.
    if (whole !== null) training.draws = walk.stream.draws;
  } finally {
    figures.close(keeper !== null);
  }
  if (!training.stopped) {
    walk.check(epoch, training.batch);
    if (!figures.counted && guard?.actedIn(epoch)) return guard.unknown(figures.logs());
    figures.requireCounted("the data");
  }
  return figures.logs();
}

/** The names of an epoch's figures, as far as they are known before the first batch. */
function figuresOf({ model, penalty, losses, outputNames, metrics }: Trainee, whole: Batch | null): string[] {
  const targets = Array.isArray(whole?.y) ? whole.y.length : 1;
  const outputs = outputNames?.length ?? Math.max(losses.length, targets);
  const ofOutputs = outputs < 2 ? [] : Array.from({ length: outputs }, (_, i) => figureOf(outputName(outputNames, i), "loss"));
  return ["loss", ...(isPenalized(model, penalty) ? ["penalty"] : []), ...ofOutputs, ...metrics.map(({ name }) => name)];
}

/** Calls `onStep`, after which the gradients of the step are cleared. */
async function showGradients({ step, hooks }: Training, batch: number): Promise<void> {
  try {
    if (step.hasGradients) await hooks.step(batch);
  } finally {
    step.clearGradients();
  }
}
