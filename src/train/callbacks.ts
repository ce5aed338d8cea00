import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import type { Module } from "../nn/module.js";
import type { Optimizer } from "../optim/optimizer.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { callable } from "../options/kinds.js";
import { isPlain } from "../options/plain.js";
import { mapOf, NUMBERS, savedParts, wrongState } from "../tensor/savedParts.js";
import type { SavedState } from "../tensor/savedState.js";
import type { Finding } from "./finding.js";
import type { Incident } from "./incident.js";
import type { TrainingRecord } from "./trainingRecord.js";

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

/**
 * The figures of every epoch: what `fit` returns, those that callbacks add among them.
 * @example
 * const history = await model.fit(train, { epochs: 3, verbose: 0 });
 * history.history.loss.length   // 3
 * history.steps.loss.length     // 3 times the number of batches
 */
export class History extends Callback {
  override readonly addsFigures: readonly string[] = [];

  constructor() {
    super();
    checkArity("History", arguments.length, 0);
  }

  /** The loss of each batch by itself, in the order of the steps; NaN for one in which nothing counts. */
  readonly steps: { readonly loss: number[] } = { loss: [] };
  /** The batches whose loss or gradients were not finite, and what was done about each: see `onNonFinite` of `fit`. */
  readonly incidents: Incident[] = [];
  /** What `diagnose` of `fit` found, the worst first. */
  readonly findings: Finding[] = [];
  /** How the layers stood at the steps at which `diagnose` of `fit` looked. */
  readonly records: TrainingRecord[] = [];
  /** Numbers of the epochs, from 0. */
  readonly epoch: number[] = [];
  /** One array a figure, with a number for every epoch: history.loss, history.valAccuracy … NaN where a callback added none. */
  readonly history: Record<string, number[]> = {};

  override onEpochEnd(epoch: number, logs: Logs): void {
    const before = this.epoch.length;
    this.epoch.push(epoch);
    for (const name of Object.keys(logs)) this.history[name] ??= new Array<number>(before).fill(Number.NaN);
    for (const [name, figures] of Object.entries(this.history)) figures.push(logs[name] ?? Number.NaN);
  }

  override stateDict(): SavedState {
    const figures = Object.entries(this.history).map(([name, list]) => [name, [...list]] as const);
    return { epoch: [...this.epoch], figures: new Map(figures), steps: Float64Array.from(this.steps.loss) };
  }

  override loadStateDict(state: SavedState): void {
    const { epoch, figures, steps } = savedParts("History", state, { epoch: NUMBERS, figures: mapOf(NUMBERS), steps: NUMBERS });
    for (const [name, { length }] of figures) {
      if (length !== epoch.length)
        throw wrongState("History", `has ${length} figures "${name}" of ${epoch.length} epochs; expected one of each`);
    }
    refill(this.epoch, epoch);
    refill(this.steps.loss, steps);
    for (const name of Object.keys(this.history)) delete this.history[name];
    for (const [name, list] of figures) this.history[name] = Array.from(list);
  }
}

/** Replaces the elements of a list, which may be long. */
/** The history of a training; null where none is among its callbacks, as in a loop of one's own. */
export function historyOf({ callbacks }: Pick<TrainingContext, "callbacks">): History | null {
  return callbacks.find((callback) => callback instanceof History) ?? null;
}

function refill(list: number[], values: ArrayLike<number>): void {
  list.length = 0;
  for (let i = 0; i < values.length; i++) list.push(values[i]);
}
