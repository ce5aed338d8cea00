import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { isPlain } from "../options/plain.js";
import { Callback } from "./callbacks.js";
import type { Training } from "./loop.js";

/** Keeps the state of a training, and may have one to go on from: what `fit` knows of a `Checkpoint`. */
export interface Keeper extends Callback {
  /** The state to go on from; null: there is none. @throws FileError where there is one, and it cannot be read */
  find(): Promise<Resumption | null>;
  /** Called after each step, when the callbacks have been told of it. Training waits for a promise. */
  stepEnd(training: Training): void | Promise<void>;
  /** Called after `onEpochEnd` of all callbacks. */
  epochEnd(training: Training, logs: Readonly<Record<string, number>>): void | Promise<void>;
  /** Called before `onTrainEnd` of all callbacks, however training ends. */
  end(training: Training): Promise<void>;
}

/** A state to go on from. */
export interface Resumption {
  /** The epoch that goes on, from 0. */
  readonly epoch: number;
  /** Gives the training its state, but for the callbacks. */
  restore(training: Training): void;
  /** Gives the callbacks their state: called after `onTrainBegin`. */
  restoreCallbacks(training: Training): void;
}

let make: ((options: unknown) => Keeper) | null = null;

/** Lets `fit` take options for a keeper. A bundle, which carries checkpoints only where it uses them, is given the object itself. */
export function makeKeepersBy(maker: (options: unknown) => Keeper): void {
  make = maker;
}

export function isKeeper(value: unknown): value is Keeper {
  return value instanceof Callback && "stepEnd" in value;
}

/** @throws ArgumentError for what is no keeper, nor options for one */
export function keeperOf(op: string, spec: unknown): Keeper {
  if (isKeeper(spec)) return spec;
  if (make !== null && (typeof spec === "string" || isPlain(spec))) return make(spec);
  const mend = 'Write checkpoint: new Checkpoint({ path: "run.safetensors" }).';
  throw new ArgumentError(message(op, `checkpoint is ${kindText(spec)}; expected a Checkpoint`, mend));
}
