import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { Optimizer } from "../optim/optimizer.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, number } from "../options/kinds.js";
import { option } from "../options/option.js";
import { COUNT, NUMBER, orNull, savedParts } from "../tensor/savedParts.js";
import type { SavedState } from "../tensor/savedState.js";
import { Callback, type Logs, type TrainingContext } from "./callbacks.js";
import { optimizerOf, splitArguments } from "./driven.js";
import { MONITOR, Monitor } from "./monitor.js";
import { scaleRates } from "./scaleRates.js";

const isRate = (value: unknown): boolean => typeof value === "number" && value >= 0 && value < Infinity;

const REDUCE_LR_ON_PLATEAU = declare("ReduceLROnPlateau", {
  ...MONITOR,
  /** What rates are multiplied with, from 0 to below 1. Default 0.1. */
  factor: number({ default: 0.1, min: 0, below: 1 }),
  /** Epochs without improvement that are let pass, a whole number ≥ 0. Default 10. */
  patience: number({ default: 10, min: 0, whole: true }),
  /** How much better counts as improvement, ≥ 0. Default 1e-4. */
  threshold: number({ default: 1e-4, min: 0, aka: ["minDelta"] }),
  /** Whether `threshold` is a part of the best figure, or a difference from it. Default "rel". */
  thresholdMode: choice(["rel", "abs"], { default: "rel" }),
  /** Epochs after a reduction in which nothing is counted, a whole number ≥ 0. Default 0. */
  cooldown: number({ default: 0, min: 0, whole: true }),
  /** The least rate, ≥ 0: a number, or an array with one of each group. Default 0. */
  minLr: option<number | readonly number[], { default: 0 }>(
    "a number ≥ 0, or an array of them",
    (value) => isRate(value) || (Array.isArray(value) && value.length > 0 && value.every(isRate)),
    { default: 0, aka: ["minimum", "minRate", "minLearningRate"] } as { default: 0 },
  ),
  /** A reduction by no more than this is left out, ≥ 0. Default 1e-8. */
  eps: number({ default: 1e-8, min: 0, aka: ["epsilon"] }),
});

/** Options of `ReduceLROnPlateau`. */
export interface ReduceLROnPlateauOptions extends OptionsOf<typeof REDUCE_LR_ON_PLATEAU> {}

/**
 * Lowers the learning rates when a figure has not become better for more than `patience` epochs: performance scheduling. It is a callback
 * of `fit`, which adds the figure `learningRate`, that of the first group in the epoch; or it is made for an optimizer, and told the figure
 * by `step`.
 *
 * PyTorch's ReduceLROnPlateau, whose `mode` is "min" by default; that is what "auto" means for `step`. As there, rates are lowered after
 * patience + 1 epochs without improvement; Keras' callback does it after `patience`. A schedule is lowered as a whole: a warm-up may stand
 * before. `fit` from epoch 0 begins anew, `fit` with `initialEpoch` goes on.
 * @param optimizer whose rates are lowered; in `fit` it is the model's
 * @param options.monitor the figure that is watched; default "valLoss"
 * @param options.mode "min", "max" or "auto" (default): as the metric says
 * @param options.factor what rates are multiplied with, from 0 to below 1; default 0.1
 * @param options.patience epochs without improvement that are let pass; default 10
 * @param options.threshold how much better counts as improvement, ≥ 0; default 1e-4
 * @param options.thresholdMode whether that is a part of the best figure ("rel", default) or a difference ("abs")
 * @param options.cooldown epochs after a reduction in which nothing is counted; default 0
 * @param options.minLr the least rate, or that of each group; default 0
 * @param options.eps a reduction by no more than this is left out; default 1e-8
 * @throws ArgumentError for an unknown option, if there is no such figure, and for another number of least rates than groups
 * @example
 * const plateau = new ReduceLROnPlateau({ factor: 0.5, patience: 5 });
 * await model.fit(train, { epochs: 50, validationSplit: 0.1, callbacks: [plateau], verbose: 0 });
 */
export class ReduceLROnPlateau extends Callback {
  override readonly addsFigures: readonly string[] = ["learningRate"];
  readonly #settings: ReturnType<typeof REDUCE_LR_ON_PLATEAU.readOptions>;
  readonly #monitor: Monitor;
  #optimizer: Optimizer | null;
  /** The best figure so far. */
  best: number | null = null;
  #bad = 0;
  #cooling = 0;

  constructor(options?: ReduceLROnPlateauOptions);
  constructor(optimizer: Optimizer, options?: ReduceLROnPlateauOptions);
  constructor(first?: Optimizer | ReduceLROnPlateauOptions, second?: ReduceLROnPlateauOptions) {
    super();
    checkArity(REDUCE_LR_ON_PLATEAU.op, arguments.length, 2);
    const { optimizer, options } = splitArguments(REDUCE_LR_ON_PLATEAU.op, first, second);
    this.#optimizer = optimizer;
    this.#settings = REDUCE_LR_ON_PLATEAU.readOptions(options);
    this.#monitor = new Monitor(REDUCE_LR_ON_PLATEAU.op, this.#settings.monitor, this.#settings.mode);
  }

  override onTrainBegin(context: TrainingContext): void {
    this.#monitor.begin(context, this);
    this.#optimizer = context.optimizer;
    if (context.initialEpoch > 0) return;
    this.best = null;
    this.#bad = 0;
    this.#cooling = 0;
  }

  override onEpochEnd(_epoch: number, logs: Logs): void {
    logs.learningRate ??= (this.#optimizer as Optimizer).currentLearningRate;
    const figure = this.#monitor.read(logs);
    if (figure !== null) this.step(figure);
  }

  override stateDict(): SavedState {
    return { best: this.best, bad: this.#bad, cooling: this.#cooling };
  }

  override loadStateDict(state: SavedState): void {
    const { best, bad, cooling } = savedParts(REDUCE_LR_ON_PLATEAU.op, state, { best: orNull(NUMBER), bad: COUNT, cooling: COUNT });
    this.best = best;
    this.#bad = bad;
    this.#cooling = cooling;
  }

  /** Takes the figure of one more epoch, and lowers the rates if it is time. @throws ArgumentError if no optimizer was given */
  step(figure: number): void {
    checkArity("step", arguments.length, 1);
    const optimizer = optimizerOf(REDUCE_LR_ON_PLATEAU.op, this.#optimizer, figure);
    const { patience, cooldown, factor, minLr, eps } = this.#settings;
    if (typeof minLr !== "number" && minLr.length !== optimizer.groups.length) {
      const problem = `minLr has ${minLr.length} numbers, the optimizer ${optimizer.groups.length} groups; expected one of each`;
      throw new ArgumentError(message(REDUCE_LR_ON_PLATEAU.op, problem));
    }
    if (this.#isBetter(figure)) {
      this.best = figure;
      this.#bad = 0;
    } else this.#bad++;
    if (this.#cooling > 0) {
      this.#cooling--;
      this.#bad = 0;
    }
    if (this.#bad <= patience) return;
    scaleRates(optimizer, { factor, minimum: minLr, epsilon: eps });
    this.#cooling = cooldown;
    this.#bad = 0;
  }

  #isBetter(figure: number): boolean {
    const { best } = this;
    const { threshold, thresholdMode } = this.#settings;
    const sign = this.#monitor.direction === "max" ? 1 : -1;
    if (best === null) return sign * figure > -Infinity;
    const bound = thresholdMode === "rel" ? best * (1 + sign * threshold) : best + sign * threshold;
    return sign * figure > sign * bound;
  }
}
