import type { CaptureStatus } from "../capture/capturedStep.js";
import { beginAttempt, endAttempt, undoAttempt } from "../graph/attempt.js";
import type { Parameter } from "../graph/parameter.js";
import { requireFinite } from "../ops/finite.js";
import type { ReleaseCause } from "../tensor/storage.js";
import type { Tensor } from "../tensor/tensor.js";
import { BatchStep } from "./batchStep.js";
import { bindOptimizer } from "./bind.js";
import { captureObstacle, NOT_WANTED } from "./capturable.js";
import { type ClassWeight, ClassWeights } from "./classWeight.js";
import type { Batch } from "./data.js";
import { diverged, divergedGradient, type Moment, NonFiniteGradient, NonFiniteLoss } from "./diagnose.js";
import type { Trainee } from "./loop.js";
import { NothingCounts, objective, requireCounted } from "./objective.js";
import { outputsOf, withLogits } from "./outputs.js";
import { penalized } from "./penalized.js";
import { type BatchFigures, figuresOf, NO_FIGURES, type StepResult } from "./stepResult.js";
import { Watch } from "./watch.js";

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
  /** How the step stood when it was disposed of. */
  #lastStatus: CaptureStatus | null = null;

  constructor(
    private readonly trainee: Trainee,
    classWeight: ClassWeight | undefined,
    capture: boolean,
  ) {
    const { model, losses, metrics } = trainee;
    this.#wantsOutputs = metrics.length > 0;
    this.#classWeights = classWeight && new ClassWeights("fit", losses[0], classWeight);
    this.#step = new BatchStep((batch) => this.#attempt(batch), capture ? captureObstacle(model, losses) : NOT_WANTED);
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
    this.lookAgain();
  }

  /**
   * A batch in which nothing counts changes nothing: no decay, no momentum, no step of the optimizer.
   * @param at where in the training, counted from 0
   * @throws DivergedError if the loss or a gradient is not finite: parameters and optimizer are as before the step. Running statistics
   *   are as its forward left them, as in PyTorch
   */
  run(batch: Batch, at: { epoch: number; batch: number }): BatchFigures {
    const { optimizer } = this.trainee;
    if (this.#fresh && this.#bound) this.#prepare();
    this.hasGradients = false;
    try {
      const result = this.#step.run(batch);
      this.hasGradients = this.showsGradients;
      return figuresOf(result);
    } catch (error) {
      if (error instanceof NothingCounts) return NO_FIGURES;
      throw this.#explained(error, batch, { ...at, learningRate: optimizer.currentLearningRate });
    }
  }

  clearGradients(): void {
    this.hasGradients = false;
    if (this.#bound) this.trainee.optimizer.zeroGrad();
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
    requireFinite(loss, reportLoss);
    loss.backward();
    optimizer.stepIfFinite(reportGradient);
    if (!this.showsGradients) optimizer.zeroGrad();
    return { parts, penalty, outputs: this.#wantsOutputs ? withLogits(outputs) : [] };
  }

  /** The error of a step that ended, in the words of `fit`. */
  #explained(error: unknown, batch: Batch, at: Moment): unknown {
    const { model, optimizer } = this.trainee;
    if (error instanceof NonFiniteLoss) return diverged(model, batch, error.loss, at);
    if (!(error instanceof NonFiniteGradient)) return error;
    optimizer.zeroGrad();
    const loss = (): Tensor => {
      const { loss } = objective("fit", this.trainee, outputsOf("fit", model, batch), batch, this.#classWeights);
      return penalized(this.trainee, loss).loss;
    };
    return divergedGradient(model, error, loss, at);
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

function reportGradient(parameter: Parameter, value: number): never {
  throw new NonFiniteGradient(parameter, value);
}
