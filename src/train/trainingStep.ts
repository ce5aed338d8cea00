import { logitsOf } from "../nn/logits.js";
import { requireFinite } from "../ops/finite.js";
import { rememberLogits, type Squashed } from "../ops/squashed.js";
import type { Tensor } from "../tensor/tensor.js";
import { BatchStep } from "./batchStep.js";
import { bindOptimizer } from "./bind.js";
import { areCapturable, fingerprint, isCapturable, sameFingerprint } from "./capturable.js";
import type { Batch } from "./data.js";
import { diverged } from "./diagnose.js";
import type { Trainee } from "./loop.js";
import { type ClassWeight, objective } from "./objective.js";
import { outputsOf } from "./outputs.js";

/** What a step found: the loss of the batch, what the batch counts, and the predictions, if somebody wants them. */
export interface Found {
  readonly loss: number;
  readonly weight: number;
  readonly outputs: readonly Tensor[];
}

/** What a step gives back, as tensors: a captured one knows no others. */
interface Tensors {
  loss: Tensor;
  weight: Tensor | number;
  outputs: readonly Tensor[];
  /** Of outputs that are probabilities, the logits. */
  logits: readonly Tensor[];
}

/** A step of `fit`: forward, loss, backward, update. It is captured where that is safe. */
export class TrainingStep {
  readonly #step: BatchStep<Tensors>;
  readonly #wantsOutputs: boolean;
  #batch!: Batch;
  #place = { epoch: 0, batch: 0 };
  /** The epoch has not begun to train. */
  #fresh = true;
  #bound = false;
  #shape: readonly unknown[] = [];
  /** Which outputs a softmax or a sigmoid made: known from the last time that the step was carried out. */
  #squashed: (Pick<Squashed, "name" | "axis"> | null)[] = [];

  constructor(
    private readonly trainee: Trainee,
    private readonly classWeight: ClassWeight | undefined,
    capture: boolean,
  ) {
    const { model, losses, metrics } = trainee;
    this.#wantsOutputs = metrics.length > 0;
    this.#step = new BatchStep((batch) => this.#carryOut(batch), capture && isCapturable(model) && areCapturable(losses));
  }

  /** An epoch begins, or a callback has run: the model may have been changed. */
  lookAgain(): void {
    const now = fingerprint(this.trainee.model);
    if (!sameFingerprint(now, this.#shape)) this.#step.forget();
    this.#shape = now;
  }

  beginEpoch(): void {
    this.#fresh = true;
    this.lookAgain();
  }

  run(batch: Batch, epoch: number, index: number): Found {
    this.#batch = batch;
    this.#place = { epoch, batch: index };
    if (this.#fresh && this.#bound) this.#prepare();
    const { loss, weight, outputs, logits } = this.#step.run(batch);
    let at = 0;
    for (const [i, squashed] of this.#squashed.entries()) {
      if (squashed !== null && outputs[i].origin === null) rememberLogits(outputs[i], squashed.name, logits[at++], squashed.axis);
    }
    return { loss: loss.item(), weight: typeof weight === "number" ? weight : weight.item(), outputs };
  }

  dispose(): void {
    this.#step.dispose();
  }

  #carryOut(batch: Batch): Tensors {
    const { model, optimizer, losses } = this.trainee;
    const outputs = outputsOf("fit", model, batch);
    // Not before the first forward, which builds lazy layers.
    if (this.#fresh) this.#prepare();
    const { loss, weight } = objective("fit", losses, outputs, batch, this.classWeight);
    requireFinite(loss, (value) => {
      throw diverged(model, this.#batch, value, { ...this.#place, learningRate: optimizer.currentLearningRate });
    });
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    if (!this.#wantsOutputs) return { loss, weight, outputs: [], logits: [] };
    const sources = outputs.map(logitsOf);
    this.#squashed = sources.map((source) => source && { name: source.name, axis: source.axis });
    return { loss, weight, outputs, logits: sources.flatMap((source) => (source === null ? [] : [source.logits])) };
  }

  /** Gives the optimizer the model's parameters; what somebody left over from looking at gradients does not count. */
  #prepare(): void {
    const { model, optimizer } = this.trainee;
    bindOptimizer(optimizer, model);
    optimizer.zeroGrad();
    this.#bound = true;
    this.#fresh = false;
  }
}
