import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import type { Module } from "../nn/module.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { callable, choice, flag, number, text } from "../options/kinds.js";
import { isPlain } from "../options/plain.js";
import type { Tensor } from "../tensor/tensor.js";

/** Figures by name: loss, accuracy, valLoss … */
export type Logs = Record<string, number>;

/** What a callback may read and do. */
export interface TrainingContext {
  readonly model: Module;
  /** The number of the last epoch, counted from 1. */
  readonly epochs: number;
  /** The number of the first epoch, from 0. */
  readonly initialEpoch: number;
  /** Batches an epoch, if known. */
  readonly steps: number | null;
  /** Names of the figures that `onEpochEnd` is told. */
  readonly figures: readonly string[];
  /** Whether a figure is better the greater it is, as its metric says. */
  greaterIsBetter(figure: string): boolean;
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
  /** @param batch from 0 @param logs the epoch's figures so far; 0 as long as nothing has counted */
  onBatchEnd?(batch: number, logs: Logs): void | Promise<void>;
  /** @param logs the epoch's figures; what is added here the callbacks behind are told too */
  onEpochEnd?(epoch: number, logs: Logs): void | Promise<void>;
  /** Called also when training was aborted or failed. */
  onTrainEnd?(): void | Promise<void>;
}

const LAMBDA = declare("LambdaCallback", {
  /** Called once, before the first epoch. Default none. */
  onTrainBegin: callable<NonNullable<Callback["onTrainBegin"]>>()("a function", {}),
  /** Called with the number of each epoch, from 0. Default none. */
  onEpochBegin: callable<NonNullable<Callback["onEpochBegin"]>>()("a function", {}),
  /** Called with the number of each batch, from 0, and the figures of the epoch so far. Default none. */
  onBatchEnd: callable<NonNullable<Callback["onBatchEnd"]>>()("a function", { aka: ["onTrainBatchEnd"] }),
  /** Called with the number of each epoch and its figures. Default none. */
  onEpochEnd: callable<NonNullable<Callback["onEpochEnd"]>>()("a function", {}),
  /** Called at the end, also when training was aborted or failed. Default none. */
  onTrainEnd: callable<NonNullable<Callback["onTrainEnd"]>>()("a function", {}),
});

/** What `LambdaCallback` takes. */
export interface LambdaCallbackHooks extends OptionsOf<typeof LAMBDA> {}

/**
 * Hooks as functions.
 * @throws ArgumentError for an unknown hook, or one that is no function
 * @example new LambdaCallback({ onEpochEnd: (epoch, logs) => console.log(epoch, logs.loss) })
 */
export class LambdaCallback extends Callback {
  constructor(hooks: LambdaCallbackHooks) {
    super();
    checkArity(LAMBDA.op, arguments.length, 1);
    Object.assign(this, LAMBDA.readOptions(hooks));
  }
}

/**
 * Callbacks are objects of `Callback`, or plain objects with some of its hooks.
 * @throws ArgumentError for anything else, such as a class
 */
export function checkCallbacks(op: string, callbacks: readonly unknown[]): void {
  for (const [i, callback] of callbacks.entries()) {
    const name = `callbacks[${i}]`;
    if (isPlain(callback)) LAMBDA.readOptions(onlyHooks(callback), `${op}: ${name}`);
    else if (!hasHooks(callback)) {
      const mend = typeof callback === "function" && callback.name !== "" ? `Write new ${callback.name}(…).` : undefined;
      throw new ArgumentError(message(op, `${name} is ${kindText(callback)}; expected a Callback`, mend));
    }
  }
}

/** What looks like a hook; a callback may have other fields beside. */
function onlyHooks(callback: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(callback);
  const hooks = entries.filter(([name]) => /^on[A-Z_]/.test(name));
  return Object.fromEntries(hooks.length > 0 ? hooks : entries);
}

function hasHooks(callback: unknown): boolean {
  if (callback instanceof Callback) return true;
  if (callback === null || typeof callback !== "object") return false;
  return Object.keys(LAMBDA.options).some((hook) => typeof (callback as Record<string, unknown>)[hook] === "function");
}

/**
 * The figures of every epoch: what `fit` returns.
 * @example
 * const { history } = await model.fit(train, { epochs: 3, verbose: 0 });
 * history.loss.length   // 3
 */
export class History extends Callback {
  constructor() {
    super();
    checkArity("History", arguments.length, 0);
  }

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
 * Ends training when a figure has not become better for some epochs, and restores the weights of the best epoch.
 *
 * As Keras' callback, which does not restore by default.
 * @param options.monitor the figure that is watched; default "valLoss"
 * @param options.patience training ends after this many epochs in a row without improvement; default 0, which is as good as 1
 * @param options.minDelta smallest change that counts, ≥ 0; default 0
 * @param options.mode "min", "max" or "auto" (default): as the metric says, so more is better for accuracies and top-k, less for losses
 * @param options.restoreBest default true
 * @throws ArgumentError for an unknown option, and when training begins if there is no such figure
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
    this.#sign = this.#mode === "max" || (this.#mode === "auto" && context.greaterIsBetter(this.monitor)) ? -1 : 1;
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
