import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import type { Module } from "../nn/module.js";
import type { Optimizer } from "../optim/optimizer.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { callable } from "../options/kinds.js";
import { isPlain } from "../options/plain.js";
import type { SavedState } from "../tensor/savedState.js";

/** Figures by name: loss, accuracy, valLoss … */
export type Logs = Record<string, number>;

/** What a callback may read and do. */
export interface TrainingContext {
  readonly model: Module;
  readonly optimizer: Optimizer;
  /** The number of the last epoch, counted from 1. */
  readonly epochs: number;
  /** The number of the first epoch, from 0. */
  readonly initialEpoch: number;
  /** Whether the training goes on from a checkpoint, perhaps within its first epoch. */
  readonly resumed: boolean;
  /** Batches of the epoch, if known. */
  readonly steps: number | null;
  /** The error that ended the training, for `onTrainEnd`; null: none did. */
  readonly failure: unknown;
  /** Names of the figures that the training itself tells `onEpochEnd`; callbacks may add others. */
  readonly figures: readonly string[];
  /** All callbacks, in the order in which they are called. */
  readonly callbacks: readonly Callback[];
  /** Whether a figure is better the greater it is, as its metric says. */
  greaterIsBetter(figure: string): boolean;
  /** Ends training before the next batch, or the next epoch if it is called in `onEpochEnd`. */
  stop(): void;
}

/**
 * Hooks into training; every hook may be async, and training waits for it. Subclass it, or use `LambdaCallback`.
 *
 * A hook that throws ends training: `fit` rejects with its error, after `onTrainEnd` of every callback.
 *
 * @example
 * class Timer extends Callback {
 *   onTrainBegin() { this.start = performance.now(); }
 *   onEpochEnd(epoch, logs) { logs.seconds = (performance.now() - this.start) / 1000; }
 * }
 * await model.fit(train, { epochs: 2, callbacks: [new Timer()], verbose: 0 });
 */
export abstract class Callback {
  /** The figures that `onEpochEnd` adds, where that is known: a monitor of another name is then refused when training begins. */
  declare readonly addsFigures?: readonly string[];
  onTrainBegin?(context: TrainingContext): void | Promise<void>;
  /** @param epoch from 0 */
  onEpochBegin?(epoch: number): void | Promise<void>;
  /**
   * Called after each step, while the parameters still have the gradients that it was made with, in captured steps too. Elsewhere in
   * `fit` they have none. Those that `clipNorm` scales are seen scaled.
   * @param batch from 0
   */
  onStep?(batch: number): void | Promise<void>;
  /** Called after the last batch of an epoch, before the model is evaluated on the validation data, if there are any. */
  onValidationBegin?(): void | Promise<void>;
  /** @param batch from 0 @param logs the epoch's figures so far; 0 as long as nothing has counted */
  onBatchEnd?(batch: number, logs: Logs): void | Promise<void>;
  /**
   * @param logs the epoch's figures. What is added here, a number under a name of its own, belongs to them: the callbacks behind are told it,
   *   `EarlyStopping` can monitor it, the history keeps it
   */
  onEpochEnd?(epoch: number, logs: Logs): void | Promise<void>;
  /** Called also when training was aborted or failed, and when another callback fails. */
  onTrainEnd?(): void | Promise<void>;
  /** What the callback remembers, for a checkpoint. One without it begins anew where a training is resumed. */
  stateDict?(): SavedState;
  /** Takes over what `stateDict` gave: called when a training is resumed, after `onTrainBegin`. */
  loadStateDict?(state: SavedState): void;
}

const LAMBDA = declare("LambdaCallback", {
  /** Called once, before the first epoch. Default none. */
  onTrainBegin: callable<NonNullable<Callback["onTrainBegin"]>>()("a function", {}),
  /** Called with the number of each epoch, from 0. Default none. */
  onEpochBegin: callable<NonNullable<Callback["onEpochBegin"]>>()("a function", {}),
  /** Called with the number of each batch, from 0, while its gradients are there. Default none. */
  onStep: callable<NonNullable<Callback["onStep"]>>()("a function", {}),
  /** Called with the number of each batch, from 0, and the figures of the epoch so far. Default none. */
  onBatchEnd: callable<NonNullable<Callback["onBatchEnd"]>>()("a function", { aka: ["onTrainBatchEnd"] }),
  /** Called before each evaluation on the validation data. Default none. */
  onValidationBegin: callable<NonNullable<Callback["onValidationBegin"]>>()("a function", { aka: ["onTestBegin"] }),
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
