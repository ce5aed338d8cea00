import { Plainly } from "../options/plainly.js";
import type { Callback } from "./callbacks.js";
import type { Batch } from "./data.js";
import type { Training } from "./loop.js";

/**
 * A callback of the library's own that is called after every step, and costs nothing but what it does: unlike for `onBatchEnd` no figures are
 * computed, and captured steps are not looked through for changes.
 */
export interface Observer extends Callback {
  /** Called when the step is done; training waits for a promise. What it does must not change what the training comes to. */
  observe(training: Training, batch: Batch): void | Promise<void>;
}

/** What makes the observer of `fit({ diagnose })`. */
export const DIAGNOSES: Plainly<Observer> = new Plainly<Observer>("Diagnosis", "observe");

/** What makes the observer of `fit({ ui })`. A promise, since its code is loaded when it is asked for. */
export const DASHBOARDS: Plainly<Observer, Promise<Observer>> = new Plainly<Observer, Promise<Observer>>("Dashboard", "observe");
