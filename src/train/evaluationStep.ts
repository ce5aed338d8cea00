import { noGrad } from "../graph/mode.js";
import { evaluating } from "../nn/modes.js";
import type { Module } from "../nn/module.js";
import { BatchStep } from "./batchStep.js";
import type { Batch } from "./data.js";
import { Watch } from "./watch.js";

/** A function of batches that runs with the whole model in evaluation and without a graph. It is captured where that is safe. */
export class EvaluationStep<T> {
  #watch: Watch | null = null;
  #step: BatchStep<T> | null = null;

  /** @param obstacle tells why steps may not be captured, as the model is now; null if they may */
  constructor(
    private readonly model: Module,
    private readonly step: (batch: Batch) => T,
    private readonly obstacle: () => string | null,
  ) {}

  /** @param captures whether the step may be captured for this batch */
  run(batch: Batch, captures = true): T {
    if (this.#watch === null || !this.#watch.holds) this.#lookAgain();
    const { modules } = this.#watch as Watch;
    const step = this.#step as BatchStep<T>;
    return inEvaluation(modules, () => (captures ? step.run(batch) : this.step(batch)));
  }

  dispose(): void {
    this.#step?.dispose();
    this.#step = this.#watch = null;
  }

  #lookAgain(): void {
    this.#step?.dispose();
    this.#watch = new Watch(this.model);
    this.#step = new BatchStep(this.step, this.obstacle());
  }
}

/** Runs `fn` with the modules in evaluation and without a graph; afterwards every module is as it was before. */
export function inEvaluation<T>(modules: readonly Module[], fn: () => T): T {
  return evaluating(modules, () => noGrad(fn as () => never));
}
