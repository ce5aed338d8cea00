import { Plainly } from "../options/plainly.js";
import type { Callback } from "./callbacks.js";
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

/** The keepers, by their options. */
export const KEEPERS: Plainly<Keeper> = new Plainly<Keeper>("Checkpoint", "stepEnd");
