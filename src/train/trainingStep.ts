import type { CaptureStatus } from "../capture/capturedStep.js";
import { beginAttempt, endAttempt, undoAttempt } from "../graph/attempt.js";
import { requireFinite } from "../ops/finite.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { ReleaseCause } from "../tensor/storage.js";
import type { Tensor } from "../tensor/tensor.js";
import { BatchStep } from "./batchStep.js";
import { bindOptimizer } from "./bind.js";
import { captureObstacle, NOT_WANTED } from "./capturable.js";
import { type ClassWeight, ClassWeights } from "./classWeight.js";
import type { Batch } from "./data.js";
import { diverged, divergedGradient, type Moment, NonFiniteGradient, NonFiniteLoss, reportGradient } from "./diagnose.js";
import { Gathering } from "./gathering.js";
import type { Trainee } from "./loop.js";
import { NothingCounts, objective, requireCounted } from "./objective.js";
import { type Output, outputsOf, retainOutputs, withLogits } from "./outputs.js";
import { penalized } from "./penalized.js";
import { type BatchFigures, figuresOf, NO_FIGURES, type StepResult } from "./stepResult.js";
import { Watch } from "./watch.js";

/** Where in the training a batch is, counted from 0. */
export type At = Omit<Moment, "learningRate">;

const FAILED: ReleaseCause = { why: () => "the training step that made it failed" };

/** A step of `fit`: forward, loss, backward, update. It is captured where that is safe. */
export class TrainingStep {
  readonly #step: BatchStep<StepResult>;
  readonly #wantsOutputs: boolean;
  readonly #classWeights: ClassWeights | undefined;
  /** Whether the gradients of a step stay until `clearGradients`. */
  showsGradients = false;
  /** Whether the last batch was trained on, and its gradients are there. */
  hasGradients = false;
  /** No step of the epoch has run. */
  #fresh = true;
  #bound = false;
  #watch: Watch | null = null;
  /** Replays up to the last change of the model. */
  #replaysBefore = 0;
  /** The model was changed twice without a replay in between. */
  #restless = false;
  /** Null: the step of the optimizer is part of what is captured. */
  readonly #gathering: Gathering | null;
  /** How the step stood when it was disposed of. */
  #lastStatus: CaptureStatus | null = null;

  constructor(
    private readonly trainee: Trainee,
    classWeight: ClassWeight | undefined,
    capture: boolean,
    accumulate: number,
  ) {
    const { model, losses, metrics, optimizer } = trainee;
    this.#wantsOutputs = metrics.length > 0;
    this.#classWeights = classWeight && new ClassWeights("fit", losses[0], classWeight);
    this.#step = new BatchStep((batch) => this.#attempt(batch), capture ? captureObstacle(model, losses) : NOT_WANTED);
    const evaluate = { figures: (batch: Batch) => figuresOf(this.#step.run(batch)), graph: (batch: Batch) => this.lossOf(batch) };
    this.#gathering = accumulate > 1 || optimizer.searches !== null ? new Gathering(trainee, evaluate, accumulate) : null;
  }

  /** An epoch begins, or a callback has run: the model may have been changed. */
  lookAgain(): void {
    if (this.#watch?.holds) return;
    const { replays } = this.#step.status();
    this.#restless = this.#watch !== null && replays === this.#replaysBefore;
    this.#replaysBefore = replays;
    this.#step.forget();
    this.#watch = new Watch(this.trainee.model);
  }

  beginEpoch(): void {
    this.#fresh = true;
    this.#gathering?.beginEpoch();
    this.lookAgain();
  }

  /**
   * A batch in which nothing counts changes nothing: no decay, no momentum, no step of the optimizer.
   * @throws DivergedError if the loss or a gradient is not finite: parameters and optimizer are as before the step. Running statistics
   *   are as its forward left them, as in PyTorch
   */
  run(batch: Batch, at: At): BatchFigures {
    if (this.#fresh && this.#bound) this.#prepare();
    this.hasGradients = false;
    try {
      const figures = figuresOf(this.#step.run(batch));
      this.#stepped(this.#gathering === null || this.#gathering.add(batch, figures));
      return figures;
    } catch (error) {
      if (error instanceof NothingCounts) return NO_FIGURES;
      throw this.#explained(error, batch, at);
    }
  }

  /** Makes a step of the batches that wait for others. @param at the last batch's place @throws DivergedError as `run` */
  endEpoch(batch: Batch, at: At): void {
    this.hasGradients = false;
    try {
      this.#stepped(this.#gathering?.finish() ?? false);
    } catch (error) {
      throw this.#explained(error, batch, at);
    }
  }

  /** Whether batches wait for others to make a step with them. */
  get isGathering(): boolean {
    return this.#gathering !== null && !this.#gathering.isEmpty;
  }

  /** Forgets the batches that wait for others, and all gradients. */
  abandon(): void {
    this.#gathering?.abandon();
    this.trainee.optimizer.zeroGrad();
  }

  clearGradients(): void {
    if (!this.hasGradients) return;
    this.hasGradients = false;
    this.trainee.optimizer.zeroGrad();
  }

  /** @param made whether the optimizer made a step of the gradients, which are shown or forgotten now */
  #stepped(made: boolean): void {
    this.hasGradients = this.showsGradients && made;
    if (made && !this.showsGradients && this.#gathering !== null) this.trainee.optimizer.zeroGrad();
  }

  /** Whether steps are replayed, and if not, why. After `dispose`: what it was then. */
  get captureStatus(): CaptureStatus {
    if (this.#lastStatus !== null) return this.#lastStatus;
    const status = this.#step.status();
    if (!this.#restless || status.reason !== null || status.state === "replaying") return status;
    return { ...status, reason: "the model is changed between steps; after each change the step is recorded anew" };
  }

  dispose(): void {
    this.#lastStatus = { ...this.captureStatus, bytes: 0 };
    this.#step.dispose();
  }

  #attempt(batch: Batch): StepResult {
    const since = beginAttempt();
    try {
      return this.#carryOut(batch);
    } catch (error) {
      undoAttempt(since, FAILED);
      throw error;
    } finally {
      endAttempt();
    }
  }

  #carryOut(batch: Batch): StepResult {
    const { model, optimizer } = this.trainee;
    const outputs = outputsOf("fit", model, batch);
    // Not before the first forward, which builds lazy layers.
    if (this.#fresh) this.#prepare();
    const { loss: own, parts } = objective("fit", this.trainee, outputs, batch, this.#classWeights);
    requireCounted(parts);
    const { loss, penalty } = penalized(this.trainee, own);
    // A search may try where the loss is not finite.
    if (optimizer.searches === null) requireFinite(loss, reportLoss);
    (this.#gathering?.weighed(loss, penalty, parts[0].weight) ?? loss).backward();
    const results = this.#wantsOutputs ? withLogits(outputs) : [];
    if (this.#gathering === null) {
      const graph = (): Tensor => this.lossOf(batch);
      optimizer.stepIfFinite(reportGradient, { loss, again: () => evaluate(graph, optimizer, results), graph });
      if (!this.showsGradients) optimizer.zeroGrad();
    } else retainOutputs(results);
    return { parts, penalty, outputs: results };
  }

  /** The error of a step that ended, in the words of `fit`. */
  #explained(error: unknown, batch: Batch, place: At): unknown {
    if (!(error instanceof NonFiniteLoss || error instanceof NonFiniteGradient)) return error;
    const { model, optimizer } = this.trainee;
    const at = { ...place, learningRate: optimizer.currentLearningRate };
    // Batches that wait keep their gradients.
    if (!this.isGathering) optimizer.zeroGrad();
    if (error instanceof NonFiniteLoss) return diverged(model, batch, error.loss, at);
    return divergedGradient(model, error, batch, (one) => this.lossOf(one), at);
  }

  /** The loss of a batch that a step would make small, with its graph: nothing of it is captured. */
  lossOf(batch: Batch): Tensor {
    const { loss } = objective("fit", this.trainee, outputsOf("fit", this.trainee.model, batch), batch, this.#classWeights);
    return penalized(this.trainee, loss).loss;
  }

  /** Gives the optimizer the model's parameters, and forgets gradients that were computed before training. */
  #prepare(): void {
    const { model, optimizer } = this.trainee;
    bindOptimizer(optimizer, model);
    optimizer.zeroGrad();
    this.#bound = true;
    this.#fresh = false;
  }
}

function reportLoss(value: number): never {
  throw new NonFiniteLoss(value);
}

/** Loss and gradients once more, within a step that still has the results of the first time to tell. */
function evaluate(graph: () => Tensor, optimizer: Optimizer, results: readonly Output[]): Tensor {
  retainOutputs(results);
  optimizer.zeroGrad();
  const loss = graph();
  requireFinite(loss, reportLoss);
  loss.backward();
  return loss;
}
