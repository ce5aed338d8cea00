import { note } from "../errors/note.js";
import type { Module } from "../nn/module.js";
import type { Optimizer } from "../optim/optimizer.js";
import { cosPi } from "../optim/schedules/exact.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, count, number } from "../options/kinds.js";
import { option } from "../options/option.js";
import { isPlain } from "../options/plain.js";
import type { TrainingContext } from "./callbacks.js";
import type { TrainingData } from "./data.js";
import { hasRunningStatistics, updateBatchNorm } from "./updateBatchNorm.js";
import { splitModel, WeightAverage } from "./weightAverage.js";

const areData = (value: unknown): boolean =>
  isPlain(value) || (typeof value === "object" && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value));

const SWA = declare("StochasticWeightAveraging", {
  /** The first epoch, from 0, at whose end weights are taken in; below 1, its share of all epochs. Default 0.75. */
  start: number({ default: 0.75, min: 0, aka: ["swaStart", "startEpoch"] }),
  /** The number of epochs from one taking in of weights to the next, ≥ 1. Default 1. */
  every: count({ default: 1, aka: ["swaFreq", "frequency"] }),
  /** The learning rate while weights are averaged, a number ≥ 0; null leaves the optimizer's. Default null. */
  learningRate: number({ default: null, min: 0, aka: ["swaLr", "lr"] }),
  /** Epochs in which the rate goes over to `learningRate`, a whole number ≥ 0. Default 10. */
  annealEpochs: number({ default: 10, min: 0, whole: true }),
  /** Along which curve: "cosine" or "linear". Default "cosine". */
  annealing: choice(["cosine", "linear"], { default: "cosine", aka: ["annealStrategy"] }),
  /** Data by which the running statistics of batch norm are measured anew at the end. Default none. */
  data: option<TrainingData, Record<never, never>>("{ x } or an iterable of such batches", areData, {}),
  /** The number of samples in a batch of `data`. Default 256. */
  batchSize: count({ default: 256 }),
});

/** Options of `StochasticWeightAveraging`. */
export interface StochasticWeightAveragingOptions extends OptionsOf<typeof SWA> {}

/**
 * Stochastic weight averaging: the mean of the weights at the ends of the last epochs, which lies in a wider minimum than any of them.
 *
 *     θ̄ ← θ̄ + (θ − θ̄)/(n + 1)          at the end of each `every`-th epoch from `start`
 *
 * As a callback of `fit` it sets the learning rate from epoch `start` on, if it is given one, and in the end puts the average in the place
 * of the weights and measures the running statistics of batch norm anew over `data`. By hand: `update` after an epoch, `swapIn` at the
 * end, `updateBatchNorm(model, data)`. `stateDict` is for saving.
 *
 * As PyTorch's AveragedModel, SWALR (annealing over 10 epochs) and update_bn together; SWALR anneals from each group's own rate, this
 * from the optimizer's.
 *
 * Izmailov, Podoprikhin, Garipov, Vetrov, Wilson: Averaging Weights Leads to Wider Optima and Better Generalization (arXiv 1803.05407).
 * @param model whose weights are averaged; in `fit` it is the model that is trained
 * @param options.start epoch from 0, or below 1 a share of all epochs; default 0.75
 * @param options.every epochs, default 1
 * @param options.learningRate rate ≥ 0 while weights are averaged; default null: the optimizer's
 * @param options.annealEpochs epochs in which the rate goes over to it, default 10
 * @param options.annealing "cosine" (default) or "linear"
 * @param options.data samples, or batches, for the running statistics of batch norm; default none
 * @param options.batchSize number of samples in a batch of them, default 256
 * @throws ArgumentError for an unknown option or one outside its range
 * @example
 * const average = new StochasticWeightAveraging({ start: 2, learningRate: 0.01, annealEpochs: 1, data: train });
 * await model.fit(train, { epochs: 4, callbacks: [average], verbose: 0 });
 */
export class StochasticWeightAveraging extends WeightAverage {
  readonly #options: ReturnType<typeof SWA.readOptions>;
  #optimizer!: Optimizer;
  #start = 0;
  /** The epoch whose rate was set last; −1 before the first. */
  #epoch = -1;
  /** The rate when the averaging began; null before. */
  #rate: number | null = null;

  constructor(model: Module, options?: StochasticWeightAveragingOptions);
  constructor(options?: StochasticWeightAveragingOptions);
  constructor(first?: Module | StochasticWeightAveragingOptions, second?: StochasticWeightAveragingOptions) {
    checkArity(SWA.op, arguments.length, 2);
    const { model, options } = splitModel(SWA.op, first, second);
    super(model);
    this.#options = SWA.readOptions(options);
  }

  protected override share(updates: number): number {
    return 1 / (updates + 1);
  }

  override onTrainBegin(context: TrainingContext): void {
    super.onTrainBegin(context);
    const { start } = this.#options;
    this.#optimizer = context.optimizer;
    this.#start = start < 1 ? Math.floor(start * context.epochs) : start;
    this.#epoch = -1;
    this.#rate = null;
  }

  override onEpochBegin(epoch: number): void {
    const { learningRate, annealEpochs, annealing } = this.#options;
    // Where a training is resumed within the epoch, others have perhaps changed the rate since.
    if (learningRate === null || epoch < this.#start || epoch === this.#epoch) return;
    this.#epoch = epoch;
    this.#rate ??= this.#optimizer.currentLearningRate;
    const done = annealEpochs === 0 ? 1 : Math.min(1, (epoch - this.#start + 1) / annealEpochs);
    const share = annealing === "linear" || done === 1 ? done : (1 - cosPi(epoch - this.#start + 1, annealEpochs)) / 2;
    this.#optimizer.learningRate = this.#rate + share * (learningRate - this.#rate);
  }

  protected override remembered(): Readonly<Record<string, number>> {
    if (this.#rate === null) return {};
    const { learningRate } = this.#optimizer;
    return {
      "epoch of the rate": this.#epoch,
      "learning rate": this.#rate,
      ...(typeof learningRate === "number" && { "learning rate now": learningRate }),
    };
  }

  protected override recall(of: (name: string) => number | undefined): void {
    this.#epoch = of("epoch of the rate") ?? -1;
    this.#rate = of("learning rate") ?? null;
    const now = of("learning rate now");
    // It may stand in the place of a schedule, which a saved number does not replace.
    if (now !== undefined && this.#optimizer !== undefined) this.#optimizer.learningRate = now;
  }

  override onEpochEnd(epoch: number): void {
    if (epoch >= this.#start && (epoch - this.#start) % this.#options.every === 0) this.update();
  }

  override async onTrainEnd(): Promise<void> {
    if (this.updates === 0) return;
    this.keepAverage();
    if (!hasRunningStatistics(this.model)) return;
    const { data, batchSize } = this.#options;
    if (data === undefined) note(NO_DATA);
    else await updateBatchNorm(this.model, data, { batchSize });
  }
}

const NO_DATA =
  "StochasticWeightAveraging: the model's running statistics are those of the last weights, not of the average. Give it data to measure them " +
  "anew, or call updateBatchNorm(model, data).";
