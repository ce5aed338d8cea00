import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { note } from "../errors/note.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, flag, number, text } from "../options/kinds.js";
import type { Tensor } from "../tensor/tensor.js";
import { Callback, History, type Logs, type TrainingContext } from "./callbacks.js";
import { allFinite } from "./diagnose.js";

const EARLY_STOPPING = declare("EarlyStopping", {
  /** The figure that is watched. Default "valLoss". */
  monitor: text({ default: "valLoss" }),
  /** Training ends after this many epochs in a row without improvement, ≥ 0; 0 is as good as 1. Default 0. */
  patience: number({ default: 0, min: 0, infinite: true }),
  /** Smallest change that counts as improvement, ≥ 0. Default 0. */
  minDelta: number({ default: 0, min: 0, infinite: true }),
  /** Whether less or more is better; "auto": as the metric says, less for losses. Default "auto". */
  mode: choice(["min", "max", "auto"], { default: "auto" }),
  /** Whether the best epoch's weights are restored when training ends, however it does. Default true. */
  restoreBest: flag({ default: true, aka: ["restoreBestWeights"] }),
});

/** Options of `EarlyStopping`. */
export interface EarlyStoppingOptions extends OptionsOf<typeof EARLY_STOPPING> {}

/**
 * Ends training when a figure has not become better for some epochs, and restores the weights of the best epoch. NaN is never better,
 * nor is an epoch that left a weight NaN or infinite. A figure that another callback adds in `onEpochEnd` may be monitored from behind it;
 * an epoch in which it is not added does not count.
 *
 * As Keras' callback, which does not restore by default.
 * @param options.monitor the figure that is watched; default "valLoss"
 * @param options.patience training ends after this many epochs in a row without improvement; default 0, which is as good as 1
 * @param options.minDelta smallest change that counts, ≥ 0; default 0
 * @param options.mode "min", "max" or "auto" (default): as the metric says, so more is better for accuracies and top-k, less for losses
 * @param options.restoreBest default true
 * @throws ArgumentError for an unknown option, and if there is no such figure: when training begins, or, where a callback in front may
 *   add it, after the first epoch
 * @example await model.fit(train, { epochs: 50, validationSplit: 0.1, callbacks: [new EarlyStopping({ patience: 2 })], verbose: 0 })
 */
export class EarlyStopping extends Callback {
  readonly monitor: string;
  readonly patience: number;
  readonly minDelta: number;
  readonly restoreBest: boolean;
  readonly #mode: "min" | "max" | "auto";
  #sign: 1 | -1 = 1;
  /** The best epoch so far, from 0; −1 before the first. */
  bestEpoch = -1;
  #best = Infinity;
  #waited = 0;
  /** The figure is one of the training, or was added by a callback. */
  #seen = false;
  #weights: Map<string, Tensor> | null = null;
  #context!: TrainingContext;

  constructor(options?: EarlyStoppingOptions) {
    super();
    checkArity(EARLY_STOPPING.op, arguments.length, 1);
    const { monitor, patience, minDelta, mode, restoreBest } = EARLY_STOPPING.readOptions(options);
    this.monitor = monitor;
    this.patience = patience;
    this.minDelta = minDelta;
    this.restoreBest = restoreBest;
    this.#mode = mode;
  }

  override onTrainBegin(context: TrainingContext): void {
    const known = context.figures.includes(this.monitor);
    const before = context.callbacks.slice(0, Math.max(0, context.callbacks.indexOf(this)));
    if (!known && !before.some(mayAdd)) throw unknownMonitor(this.monitor, context.figures, context);
    if (!known && this.#mode === "auto") {
      note(`EarlyStopping: "${this.monitor}" is no metric's figure, so less of it is taken as better. Set mode: "min" or "max".`);
    }
    this.#seen = known;
    this.#context = context;
    this.#sign = this.#mode === "max" || (this.#mode === "auto" && context.greaterIsBetter(this.monitor)) ? -1 : 1;
    this.#best = Infinity;
    this.#waited = 0;
    this.bestEpoch = -1;
    this.#weights = null;
  }

  override onEpochEnd(epoch: number, logs: Logs): void {
    if (!(this.monitor in logs)) {
      if (!this.#seen) throw unknownMonitor(this.monitor, Object.keys(logs), this.#context);
      return;
    }
    this.#seen = true;
    const value = this.#sign * logs[this.monitor];
    const state = value < this.#best - this.minDelta ? this.#context.model.stateDict() : null;
    // An update may overflow although its gradient is finite.
    if (state !== null && [...state.values()].every(allFinite)) {
      this.#best = value;
      this.#waited = 0;
      this.bestEpoch = epoch;
      if (this.restoreBest) this.#weights = state;
    } else if (++this.#waited >= this.patience) this.#context.stop();
  }

  override onTrainEnd(): void {
    if (this.#weights !== null) this.#context.model.loadStateDict(this.#weights);
    this.#weights = null;
  }
}

/** Whether a callback may add a figure. Which ones, only its first call tells. */
function mayAdd(callback: Callback): boolean {
  return callback.onEpochEnd !== undefined && ![EarlyStopping, History].includes(callback.constructor as never);
}

function unknownMonitor(monitor: string, figures: readonly string[], { callbacks }: TrainingContext): ArgumentError {
  const other = callbacks.some(mayAdd) ? "Choose another monitor, or stand behind the callback that adds it." : "Choose another monitor.";
  const mend = monitor.startsWith("val") ? "Give fit validationData or validationSplit, or choose another monitor." : other;
  return new ArgumentError(message("EarlyStopping", `there is no "${monitor}"; the figures are ${figures.join(", ")}`, mend));
}
