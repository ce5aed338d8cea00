import { requireFinite } from "../ops/finite.js";
import type { Tensor } from "../tensor/tensor.js";
import { BatchStep } from "./batchStep.js";
import { bindOptimizer } from "./bind.js";
import { areCapturable, isCapturable } from "./capturable.js";
import type { Batch } from "./data.js";
import { diverged } from "./diagnose.js";
import type { Trainee } from "./loop.js";
import { type ClassWeight, objective } from "./objective.js";
import { type Output, outputsOf, withLogits, withoutLogits } from "./outputs.js";
import { Watch } from "./watch.js";

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
  outputs: readonly Output[];
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
  #watch: Watch | null = null;

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
    if (this.#watch?.holds) return;
    this.#step.forget();
    this.#watch = new Watch(this.trainee.model);
  }

  beginEpoch(): void {
    this.#fresh = true;
    this.lookAgain();
  }

  run(batch: Batch, epoch: number, index: number): Found {
    this.#batch = batch;
    this.#place = { epoch, batch: index };
    if (this.#fresh && this.#bound) this.#prepare();
    const { loss, weight, outputs } = this.#step.run(batch);
    return { loss: loss.item(), weight: typeof weight === "number" ? weight : weight.item(), outputs: withoutLogits(outputs) };
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
    return { loss, weight, outputs: this.#wantsOutputs ? withLogits(outputs) : [] };
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
