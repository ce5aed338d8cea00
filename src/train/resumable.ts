import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { SavedState } from "../tensor/savedState.js";
import type { Samples, TrainingData } from "./data.js";

/** What data may say of themselves that are walked, so that a training can be resumed within a pass over them. */
export interface Resumable<T> {
  /** The pass from a batch on, without making those before. It must not draw random numbers but by the number of the pass. */
  iterateFrom?(batches: number): AsyncIterator<T>;
  /** Why they can be walked once only; null or missing: they can be walked again. */
  readonly oneShot?: string | null;
  /** What they remember between passes, such as the number of passes under a seed of their own. */
  stateDict?(): SavedState;
  loadStateDict?(state: SavedState): void;
}

/** Why data can be walked once only; null: they can be walked again. */
export function onceOnly(data: TrainingData): string | null {
  const { oneShot } = data as Resumable<Samples>;
  if (typeof oneShot === "string") return oneShot;
  // A generator is its own iterator. Asking for the iterator of anything else may begin something.
  if (typeof (data as { next?: unknown }).next === "function") return "an iterator goes on where it stands, and cannot begin anew";
  if (typeof (data as { getReader?: unknown }).getReader === "function") return "a stream can be read once";
  return null;
}

/** @throws ArgumentError for data that can be walked once only */
export function requireAgain(op: string, data: TrainingData): void {
  const reason = onceOnly(data);
  if (reason === null) return;
  const mend = "Give an iterable that starts afresh: an array, an object with [Symbol.asyncIterator], or DataStream.from(() => …).";
  throw new ArgumentError(message(op, `a training on these data cannot be resumed: ${reason}`, mend));
}

/** Gives data what they remembered. */
export function loadDataState(data: TrainingData, state: SavedState): void {
  const { loadStateDict } = data as Resumable<Samples>;
  if (state !== null && typeof loadStateDict === "function") loadStateDict.call(data, state);
}

/** The data from a batch on, if they can do that themselves. */
export function startingAt(data: TrainingData, batches: number): AsyncIterable<Samples> | null {
  const { iterateFrom } = data as Resumable<Samples>;
  if (typeof iterateFrom !== "function") return null;
  return { [Symbol.asyncIterator]: () => iterateFrom.call(data, batches) };
}
