import { ArgumentError, DivergedError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { realPower } from "../optim/schedules/realPower.js";
import type { Schedule } from "../optim/schedules/schedule.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { abortSignal, choice, count, flag, number } from "../options/kinds.js";
import { Callback, type TrainingContext } from "../train/callbacks.js";
import { classWeightOption } from "../train/classWeight.js";
import type { TrainingData } from "../train/data.js";
import type { Model } from "./model.js";
import { steepest, valley } from "./rateSuggestions.js";
import { checkModel, rehearsed } from "./rehearsed.js";

const FIND_LEARNING_RATE = declare("findLearningRate", {
  /** The rate of the first step, > 0. Default 1e-7. */
  from: number({ default: 1e-7, above: 0, aka: ["startLr", "minLr", "start"] }),
  /** The rate of the last step, above `from`. Default 10. */
  to: number({ default: 10, above: 0, aka: ["endLr", "maxLr", "end"] }),
  /** The number of steps, a whole number ≥ 2. Default 100. */
  steps: number({ default: 100, min: 2, whole: true, aka: ["numIt", "numTraining", "numIter"] }),
  /** Whether the rate grows by a factor or by a difference. Default "exponential". */
  mode: choice(["exponential", "linear"], { default: "exponential", aka: ["stepMode"] }),
  /** β of the running mean of the losses, from 0 to below 1. Default 0.8. */
  smoothing: number({ default: 0.8, min: 0, below: 1, aka: ["smoothF", "beta"] }),
  /** The sweep ends where the smoothed loss is this many times the least one so far, > 1; Infinity: never. Default 4. */
  divergence: number({ default: 4, above: 1, infinite: true, aka: ["divergeTh", "stopFactor"] }),
  /** The number of samples in a step; an iterable makes its own batches. Default 32. */
  batchSize: count({ default: 32 }),
  /** Whether the samples have a new order in every pass over them. Default true. */
  shuffle: flag({ default: true }),
  /** The weight of each class in the loss, as in `fit`. Default: all 1. */
  classWeight: classWeightOption,
  /** Signal that ends the search, which rejects with its reason; the model is restored all the same. Default none. */
  signal: abortSignal({}),
});

/** Options of `findLearningRate`. */
export interface FindLearningRateOptions extends OptionsOf<typeof FIND_LEARNING_RATE> {}

/** The losses of a sweep over learning rates, and what follows from them. */
export interface LearningRateCurve {
  /** The rate of each step. */
  readonly rates: readonly number[];
  /** The loss of each step, before it was made. */
  readonly losses: readonly number[];
  /** The running mean of the losses, corrected for its start. */
  readonly smoothed: readonly number[];
  /** Whether the sweep ended before its last step because the loss grew too much, or was no longer finite. */
  readonly diverged: boolean;
  /** The rate to begin with: that of the valley; null where the loss never falls. */
  readonly suggestion: number | null;
  /** The rate in the middle of the longest descending subsequence of the smoothed losses; null where they never fall. */
  readonly valley: number | null;
  /** The rate at which the smoothed loss falls most steeply, over the logarithm of the rate in an exponential sweep; null where it never falls. */
  readonly steepest: number | null;
}

/**
 * Searches a learning rate: trains for some steps with a rate that grows from next to nothing, until the loss explodes, and looks where the
 * loss fell. Afterwards model, optimizer and random numbers are as before, to the bit: the next `fit` does what it would have done without.
 * A lazy model is built.
 *
 * The loss of each step is smoothed by a running mean, s ← βs + (1 − β)·loss, divided by 1 − βᵗ. Groups of parameters keep the ratios of
 * their rates. The valley is the middle of the
 * longest descending subsequence of the smoothed losses.
 *
 * Smith: Cyclical Learning Rates for Training Neural Networks, section 3.3 (arXiv 1506.01186).
 * @param model compiled
 * @param data { x, y, weight? } or an (async) iterable of such batches, as for `fit`; it is walked anew where it ends
 * @param options.from the rate of the first step, > 0; default 1e-7
 * @param options.to the rate of the last step; default 10
 * @param options.steps the number of steps, ≥ 2; default 100
 * @param options.mode "exponential" (default): the rate grows by a factor; "linear": by a difference
 * @param options.smoothing β, from 0 to below 1; default 0.8
 * @param options.divergence the sweep ends where the smoothed loss is this many times the least; default 4
 * @param options.batchSize the number of samples in a step; default 32
 * @param options.shuffle whether samples are shuffled; default true
 * @param options.classWeight weights of the classes in the loss; default all 1
 * @param options.signal ends the search, which rejects with its reason
 * @returns the curve, for a plot, and the suggestions
 * @throws GraphError before compile or while a fit runs, ArgumentError, ShapeError
 * @example
 * const { suggestion, rates, smoothed } = await findLearningRate(model, { x, y }, { steps: 50 });
 * model.optimizer.learningRate = suggestion ?? 1e-3;
 */
export async function findLearningRate(model: Model, data: TrainingData, options?: FindLearningRateOptions): Promise<LearningRateCurve> {
  checkArity(FIND_LEARNING_RATE.op, arguments.length, 3);
  checkModel(FIND_LEARNING_RATE.op, model);
  const { from, to, steps, mode, smoothing, divergence, ...fitting } = FIND_LEARNING_RATE.readOptions(options);
  if (to <= from) throw new ArgumentError(message(FIND_LEARNING_RATE.op, `from is ${from}, to is ${to}; expected from below to`));
  const part = (step: number): number => Math.min(step, steps - 1) / (steps - 1);
  const rate: Schedule = mode === "linear" ? (step) => from + (to - from) * part(step) : (step) => from * realPower(to / from, part(step));
  const sweep = new Sweep(model, rate, smoothing, divergence);
  await rehearsed(FIND_LEARNING_RATE.op, model, data, async () => {
    sweepRates(model, rate);
    try {
      await model.fit(data, { ...fitting, epochs: 1, stepsPerEpoch: steps, callbacks: [sweep], verbose: 0 });
    } catch (error) {
      if (!(error instanceof DivergedError)) throw error;
      sweep.diverged = true;
    }
  });
  const { rates, losses, smoothed, diverged } = sweep;
  const xs = mode === "linear" ? rates : rates.map((_, i) => i);
  const [inValley, atSteepest] = [valley(smoothed), steepest(xs, smoothed)].map((i) => (i === null ? null : rates[i]));
  return { rates, losses, smoothed, diverged, suggestion: inValley, valley: inValley, steepest: atSteepest };
}

/** Lets all groups follow the sweep, from the optimizer's next step on; each keeps the ratio of its rate to the first's. */
function sweepRates({ optimizer }: Model, rate: Schedule): void {
  const { stepCount: begin, groups } = optimizer;
  const now = groups.map(({ learningRate }) => (typeof learningRate === "number" ? learningRate : learningRate(begin)));
  for (const [i, group] of groups.entries()) {
    const ratio = now[0] > 0 ? now[i] / now[0] : 1;
    group.learningRate = (step) => ratio * rate(step - begin);
  }
}

/** Notes the losses of a sweep, and ends it. */
class Sweep extends Callback {
  readonly rates: number[] = [];
  readonly losses: number[] = [];
  readonly smoothed: number[] = [];
  diverged = false;
  #mean = 0;
  #weight = 0;
  #least = Infinity;
  #context!: TrainingContext;

  constructor(
    private readonly model: Model,
    private readonly rate: Schedule,
    private readonly smoothing: number,
    private readonly divergence: number,
  ) {
    super();
  }

  override onTrainBegin(context: TrainingContext): void {
    this.#context = context;
  }

  override onBatchEnd(batch: number): void {
    const loss = this.model.history?.steps.loss[batch] as number;
    // Nothing in the batch counts.
    if (Number.isNaN(loss)) return;
    const { smoothing } = this;
    this.#mean = smoothing * this.#mean + (1 - smoothing) * loss;
    this.#weight = smoothing * this.#weight + (1 - smoothing);
    const smooth = this.#mean / this.#weight;
    this.rates.push(this.rate(batch));
    this.losses.push(loss);
    this.smoothed.push(smooth);
    this.#least = Math.min(this.#least, smooth);
    // A loss that may be below 0 has no factor by which it grows.
    if (this.#least <= 0 || smooth <= this.divergence * this.#least) return;
    this.diverged = true;
    this.#context.stop();
  }
}
