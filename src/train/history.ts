import { checkArity } from "../options/arity.js";
import { mapOf, NUMBERS, savedParts, wrongState } from "../tensor/savedParts.js";
import type { SavedState } from "../tensor/savedState.js";
import { Callback, type Logs, type TrainingContext } from "./callbacks.js";
import type { Finding } from "./finding.js";
import type { Incident } from "./incident.js";
import type { TrainingRecord } from "./trainingRecord.js";

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

/** The history of a training; null where none is among its callbacks, as in a loop of one's own. */
export function historyOf({ callbacks }: Pick<TrainingContext, "callbacks">): History | null {
  return callbacks.find((callback) => callback instanceof History) ?? null;
}

/** Replaces the elements of a list, which may be long. */
function refill(list: number[], values: ArrayLike<number>): void {
  list.length = 0;
  for (let i = 0; i < values.length; i++) list.push(values[i]);
}
