import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { timed } from "../kernels/observer.js";
import type { Callback, Logs, TrainingContext } from "./callbacks.js";
import type { Batch } from "./data.js";
import type { Endings } from "./endings.js";
import type { Training } from "./loop.js";
import type { Observer } from "./observer.js";
import { ProgressBar } from "./progress.js";

/** The callbacks of a training. Each hook is called in their order, and waited for. */
export class Hooks {
  readonly #steps: readonly Callback[];
  readonly #batches: readonly Callback[];
  readonly #observers: readonly Observer[];
  /** Whether a callback runs between two steps that may change the model. */
  readonly meddle: boolean;

  constructor(readonly callbacks: readonly Callback[]) {
    this.#steps = callbacks.filter(({ onStep }) => onStep !== undefined);
    this.#batches = callbacks.filter(({ onBatchEnd }) => onBatchEnd !== undefined);
    this.#observers = callbacks.filter((callback): callback is Observer => "observe" in callback);
    // A progress bar changes nothing.
    this.meddle = [...this.#steps, ...this.#batches].some((callback) => !(callback instanceof ProgressBar));
  }

  /** Whether a callback looks at the gradients of every step. */
  get wantGradients(): boolean {
    return this.#steps.length > 0;
  }

  async trainBegin(context: TrainingContext): Promise<void> {
    for (const callback of this.callbacks) await timed("callbacks", () => callback.onTrainBegin?.(context));
  }

  async epochBegin(epoch: number): Promise<void> {
    for (const callback of this.callbacks) await timed("callbacks", () => callback.onEpochBegin?.(epoch));
  }

  async step(batch: number): Promise<void> {
    for (const callback of this.#steps) await timed("callbacks", () => callback.onStep?.(batch));
  }

  async batchEnd(batch: number, figures: { logs(): Logs }): Promise<void> {
    for (const callback of this.#batches) await timed("callbacks", () => callback.onBatchEnd?.(batch, figures.logs()));
  }

  /** Whether somebody observes the steps. */
  get observed(): boolean {
    return this.#observers.length > 0;
  }

  async observe(training: Training, batch: Batch): Promise<void> {
    for (const observer of this.#observers) await timed("callbacks", () => observer.observe(training, batch));
  }

  async validationBegin(): Promise<void> {
    for (const callback of this.callbacks) await timed("callbacks", () => callback.onValidationBegin?.());
  }

  /** @throws ArgumentError for a figure that a callback added, and that is no number */
  async epochEnd(epoch: number, logs: Logs): Promise<void> {
    for (const callback of this.callbacks) {
      await timed("callbacks", () => callback.onEpochEnd?.(epoch, logs));
      for (const [name, value] of Object.entries(logs)) {
        if (typeof value === "number") continue;
        const mend = "Add figures with a number each, such as the item() of a tensor.";
        throw new ArgumentError(
          message("fit", `the figure "${name}" that onEpochEnd added is ${kindText(value)}; expected a number`, mend),
        );
      }
    }
  }

  /** Calls `onTrainEnd` of all callbacks, even if one throws. */
  async trainEnd(endings: Endings): Promise<void> {
    for (const callback of this.callbacks) await endings.run(() => timed("callbacks", () => callback.onTrainEnd?.()));
  }
}
