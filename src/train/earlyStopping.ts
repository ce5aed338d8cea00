import { matched } from "../nn/state.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag, number } from "../options/kinds.js";
import { COUNT, mapOf, NUMBER, orNull, savedParts, TENSOR, wrongState } from "../tensor/savedParts.js";
import type { SavedState } from "../tensor/savedState.js";
import type { Tensor } from "../tensor/tensor.js";
import { Callback, type Logs, type TrainingContext } from "./callbacks.js";
import { allFinite } from "./diagnose.js";
import { MONITOR, Monitor } from "./monitor.js";

const EARLY_STOPPING = declare("EarlyStopping", {
  ...MONITOR,
  /** Training ends after this many epochs in a row without improvement, ≥ 0; 0 is as good as 1. Default 0. */
  patience: number({ default: 0, min: 0, infinite: true }),
  /** Smallest change that counts as improvement, ≥ 0. Default 0. */
  minDelta: number({ default: 0, min: 0, infinite: true }),
  /** Whether the best epoch's weights are restored when training ends, however it does. Default true. */
  restoreBest: flag({ default: true, aka: ["restoreBestWeights"] }),
});

/** What is saved. The best figure is negated where more is better. */
const SAVED = { bestEpoch: NUMBER, best: NUMBER, waited: COUNT, weights: orNull(mapOf(TENSOR)) };

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
  override readonly addsFigures: readonly string[] = [];
  readonly monitor: string;
  readonly patience: number;
  readonly minDelta: number;
  readonly restoreBest: boolean;
  readonly #monitor: Monitor;
  /** The best epoch so far, from 0; −1 before the first. */
  bestEpoch = -1;
  #best = Infinity;
  #waited = 0;
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
    this.#monitor = new Monitor(EARLY_STOPPING.op, monitor, mode);
  }

  override onTrainBegin(context: TrainingContext): void {
    this.#monitor.begin(context, this);
    this.#context = context;
    this.#best = Infinity;
    this.#waited = 0;
    this.bestEpoch = -1;
    this.#weights = null;
  }

  override onEpochEnd(epoch: number, logs: Logs): void {
    const figure = this.#monitor.read(logs);
    if (figure === null) return;
    const value = this.#monitor.direction === "max" ? -figure : figure;
    const state = value < this.#best - this.minDelta ? this.#context.model.stateDict() : null;
    // An update may overflow although its gradient is finite.
    if (state !== null && [...state.values()].every(allFinite)) {
      this.#best = value;
      this.#waited = 0;
      this.bestEpoch = epoch;
      if (this.restoreBest) this.#weights = state;
    } else if (++this.#waited >= this.patience) this.#context.stop();
  }

  override stateDict(): SavedState {
    return { bestEpoch: this.bestEpoch, best: this.#best, waited: this.#waited, weights: this.#weights };
  }

  override loadStateDict(state: SavedState): void {
    const { op } = EARLY_STOPPING;
    const { bestEpoch, best, waited, weights } = savedParts(op, state, SAVED);
    if (this.restoreBest && bestEpoch >= 0 && weights === null)
      throw wrongState(op, "has no weights of the best epoch, since it was saved with restoreBest: false");
    if (weights !== null) matched(this.#context.model, weights);
    this.bestEpoch = bestEpoch;
    this.#best = best;
    this.#waited = waited;
    this.#weights = this.restoreBest && weights !== null ? new Map(weights) : null;
    if (waited > 0 && waited >= this.patience) this.#context.stop();
  }

  override onTrainEnd(): void {
    if (this.#weights !== null) this.#context.model.loadStateDict(this.#weights);
    this.#weights = null;
  }
}
