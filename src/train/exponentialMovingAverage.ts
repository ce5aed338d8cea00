import type { Module } from "../nn/module.js";
import type { Optimizer } from "../optim/optimizer.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag, number } from "../options/kinds.js";
import type { TrainingContext } from "./callbacks.js";
import { splitModel, WeightAverage } from "./weightAverage.js";

const EMA = declare("ExponentialMovingAverage", {
  /** How much of the average stays at an update, from 0 to below 1. Default 0.999. */
  decay: number({ default: 0.999, min: 0, below: 1, aka: ["momentum", "beta"] }),
  /** Whether early updates keep less, (1 + t)/(10 + t) at most at update t. Default true. */
  warmUp: flag({ default: true, aka: ["useNumUpdates"] }),
  /** Whether the model has the average when `fit` ends; if not, it has the weights that were trained. Default true. */
  keep: flag({ default: true }),
});

/** Options of `ExponentialMovingAverage`. */
export interface ExponentialMovingAverageOptions extends OptionsOf<typeof EMA> {}

/**
 * An exponential moving average of the weights, which often predicts better than the weights themselves.
 *
 *     θ̄ ← d · θ̄ + (1 − d) · θ          after each step; the first one copies.  d = min(decay, (1 + t)/(10 + t)) under `warmUp`
 *
 * As a callback of `fit` it updates after each step of the optimizer. While the model is evaluated, and in `onEpochEnd` of the callbacks
 * behind it, the average is in the place of the weights, so that EarlyStopping judges and keeps it. By hand: `update` after each step,
 * `swapIn` and `swapOut` around an evaluation. `stateDict` is for saving.
 *
 * As `torch.optim.swa_utils.AveragedModel` with `get_ema_multi_avg_fn(decay)`, but that averages without a warm-up: `warmUp: false`.
 *
 * Polyak, Juditsky: Acceleration of stochastic approximation by averaging (SIAM J. Control Optim. 30, 1992).
 * @param model whose weights are averaged; in `fit` it is the model that is trained
 * @param options.decay from 0 to below 1, default 0.999
 * @param options.warmUp default true
 * @param options.keep whether the model has the average when `fit` ends, default true
 * @throws ArgumentError for an unknown option or one outside its range
 * @example
 * const average = new ExponentialMovingAverage({ decay: 0.99 });
 * await model.fit(train, { epochs: 3, callbacks: [average], verbose: 0 });
 */
export class ExponentialMovingAverage extends WeightAverage {
  readonly #options: Required<ExponentialMovingAverageOptions>;
  #optimizer: Optimizer | null = null;
  /** The count of the optimizer's steps when weights were taken in last. */
  #seen = 0;

  constructor(model: Module, options?: ExponentialMovingAverageOptions);
  constructor(options?: ExponentialMovingAverageOptions);
  constructor(first?: Module | ExponentialMovingAverageOptions, second?: ExponentialMovingAverageOptions) {
    checkArity(EMA.op, arguments.length, 2);
    const { model, options } = splitModel(EMA.op, first, second);
    super(model);
    this.#options = EMA.readOptions(options);
  }

  protected override share(updates: number): number {
    const { decay, warmUp } = this.#options;
    return 1 - (warmUp ? Math.min(decay, (1 + updates) / (10 + updates)) : decay);
  }

  override onTrainBegin(context: TrainingContext): void {
    super.onTrainBegin(context);
    this.#optimizer = context.optimizer;
    this.#seen = this.#optimizer.stepCount;
  }

  protected override remembered(): Readonly<Record<string, number>> {
    return this.#optimizer === null ? {} : { "optimizer steps": this.#seen };
  }

  protected override recall(of: (name: string) => number | undefined): void {
    this.#seen = of("optimizer steps") ?? this.#seen;
  }

  override onEpochBegin(): void {
    this.swapOut();
  }

  override onBatchEnd(): void {
    // Several batches may make one step.
    const steps = this.#optimizer?.stepCount ?? 0;
    if (steps === this.#seen) return;
    this.#seen = steps;
    this.update();
  }

  override onValidationBegin(): void {
    this.swapIn();
  }

  override onEpochEnd(): void {
    this.swapIn();
  }

  override onTrainEnd(): void {
    if (this.#options.keep) this.keepAverage();
    else this.swapOut();
  }
}
