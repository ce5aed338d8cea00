import { checkOptions } from "../errors/check.js";
import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import type { Module } from "../nn/module.js";
import type { Tensor } from "../tensor/tensor.js";

/** Figures by name: loss, accuracy, valLoss … */
export type Logs = Record<string, number>;

/** What a callback may read and do. */
export interface TrainingContext {
  readonly model: Module;
  readonly epochs: number;
  /** Batches an epoch, if known. */
  readonly steps: number | null;
  /** Names of the figures that `onEpochEnd` is told. */
  readonly figures: readonly string[];
  /** Ends training before the next batch, or the next epoch if it is called in `onEpochEnd`. */
  stop(): void;
}

/**
 * Hooks into training; every hook may be async, and training waits for it. Subclass it, or use `LambdaCallback`.
 *
 * @example
 * class Timer extends Callback {
 *   onTrainBegin() { this.start = performance.now(); }
 *   onEpochEnd(epoch, logs) { logs.seconds = (performance.now() - this.start) / 1000; }
 * }
 * await model.fit(train, { epochs: 2, callbacks: [new Timer()], verbose: 0 });
 */
export abstract class Callback {
  onTrainBegin?(context: TrainingContext): void | Promise<void>;
  /** @param epoch from 0 */
  onEpochBegin?(epoch: number): void | Promise<void>;
  /** @param batch from 0 @param logs the epoch's figures so far */
  onBatchEnd?(batch: number, logs: Logs): void | Promise<void>;
  /** @param logs the epoch's figures; what is added here the callbacks behind are told too */
  onEpochEnd?(epoch: number, logs: Logs): void | Promise<void>;
  /** Called also when training was aborted or failed. */
  onTrainEnd?(): void | Promise<void>;
}

const HOOKS = ["onTrainBegin", "onEpochBegin", "onBatchEnd", "onEpochEnd", "onTrainEnd"] as const;

/**
 * Hooks as functions.
 * @throws ArgumentError for an unknown hook
 * @example new LambdaCallback({ onEpochEnd: (epoch, logs) => console.log(epoch, logs.loss) })
 */
export class LambdaCallback extends Callback {
  constructor(hooks: Partial<Pick<Callback, (typeof HOOKS)[number]>>) {
    super();
    checkOptions("LambdaCallback", hooks, HOOKS);
    Object.assign(this, hooks);
  }
}

/** @throws ArgumentError for anything but objects with hooks, such as a class */
export function checkCallbacks(op: string, callbacks: readonly Callback[]): void {
  if (!Array.isArray(callbacks))
    throw new ArgumentError(
      message(op, `callbacks is ${kindText(callbacks)}; expected an array`, "Write callbacks: [new EarlyStopping()]."),
    );
  for (const [i, callback] of callbacks.entries()) {
    if (callback !== null && typeof callback === "object") continue;
    const name = typeof callback === "function" ? (callback as { name: string }).name : "";
    throw new ArgumentError(
      message(op, `callbacks[${i}] is ${kindText(callback)}; expected a Callback`, name === "" ? undefined : `Write new ${name}(…).`),
    );
  }
}

/**
 * The figures of every epoch: what `fit` returns.
 * @example
 * const { history } = await model.fit(train, { epochs: 3, verbose: 0 });
 * history.loss.length   // 3
 */
export class History extends Callback {
  /** Numbers of the epochs, from 0. */
  readonly epoch: number[] = [];
  /** One array a figure: history.loss, history.valAccuracy … */
  readonly history: Record<string, number[]> = {};

  override onEpochEnd(epoch: number, logs: Logs): void {
    this.epoch.push(epoch);
    for (const [name, value] of Object.entries(logs)) {
      this.history[name] ??= [];
      this.history[name].push(value);
    }
  }
}

/** Options of `EarlyStopping`. */
export interface EarlyStoppingOptions {
  /** The figure that is watched; default "valLoss". */
  monitor?: string;
  /** Training ends after this many epochs in a row without improvement; default 0, which is as good as 1. */
  patience?: number;
  /** Smallest change that counts as improvement, ≥ 0; default 0. */
  minDelta?: number;
  /** Whether less or more is better; default "auto": more for accuracies and top-k, less for others. */
  mode?: "min" | "max" | "auto";
  /** Whether the best epoch's weights are restored when training ends, however it does; default true. */
  restoreBest?: boolean;
}

/**
 * Ends training when a figure has not become better for some epochs, and restores the weights of the best epoch.
 *
 * As Keras' callback, which does not restore by default.
 * @param options.monitor the figure that is watched; default "valLoss"
 * @param options.patience training ends after this many epochs in a row without improvement; default 0, which is as good as 1
 * @param options.minDelta smallest change that counts, ≥ 0; default 0
 * @param options.mode "min", "max" or "auto" (default): more is better for accuracies and top-k, less for others
 * @param options.restoreBest default true
 * @throws ArgumentError for an unknown option, and when training begins if there is no such figure
 * @example await model.fit(train, { epochs: 50, validationSplit: 0.1, callbacks: [new EarlyStopping({ patience: 2 })], verbose: 0 })
 */
export class EarlyStopping extends Callback {
  readonly monitor: string;
  readonly patience: number;
  readonly minDelta: number;
  readonly restoreBest: boolean;
  readonly #sign: 1 | -1;
  /** The best epoch so far, from 0; −1 before the first. */
  bestEpoch = -1;
  #best = Infinity;
  #waited = 0;
  #weights: Map<string, Tensor> | null = null;
  #context!: TrainingContext;

  constructor(options: EarlyStoppingOptions = {}) {
    super();
    checkOptions("EarlyStopping", options, ["monitor", "patience", "minDelta", "mode", "restoreBest"]);
    const { monitor = "valLoss", patience = 0, minDelta = 0, mode = "auto", restoreBest = true } = options;
    if (!["min", "max", "auto"].includes(mode))
      throw new ArgumentError(message("EarlyStopping", `mode is ${kindText(mode)}; expected "min", "max" or "auto"`));
    if (!(patience >= 0)) throw new ArgumentError(message("EarlyStopping", `patience is ${kindText(patience)}; expected a number ≥ 0`));
    if (!(minDelta >= 0)) throw new ArgumentError(message("EarlyStopping", `minDelta is ${kindText(minDelta)}; expected a number ≥ 0`));
    this.monitor = monitor;
    this.patience = patience;
    this.minDelta = minDelta;
    this.restoreBest = restoreBest;
    const moreIsBetter = /(accuracy|confusionMatrix|top\d+)$/i.test(monitor);
    this.#sign = mode === "max" || (mode === "auto" && moreIsBetter) ? -1 : 1;
  }

  override onTrainBegin(context: TrainingContext): void {
    if (!context.figures.includes(this.monitor)) {
      throw new ArgumentError(
        message(
          "EarlyStopping",
          `there is no "${this.monitor}"; the figures are ${context.figures.join(", ")}`,
          this.monitor.startsWith("val")
            ? "Give fit validationData or validationSplit, or choose another monitor."
            : "Choose another monitor.",
        ),
      );
    }
    this.#context = context;
    this.#best = Infinity;
    this.#waited = 0;
    this.bestEpoch = -1;
    this.#weights = null;
  }

  override onEpochEnd(epoch: number, logs: Logs): void {
    const value = this.#sign * logs[this.monitor];
    if (value < this.#best - this.minDelta) {
      this.#best = value;
      this.#waited = 0;
      this.bestEpoch = epoch;
      if (this.restoreBest) this.#weights = this.#context.model.stateDict();
    } else if (++this.#waited >= this.patience) this.#context.stop();
  }

  override onTrainEnd(): void {
    if (this.#weights !== null) this.#context.model.loadStateDict(this.#weights);
    this.#weights = null;
  }
}
