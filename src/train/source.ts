import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { observer, timed } from "../kernels/observer.js";
import { untilAborted } from "./abort.js";
import { eachRows } from "./batches.js";
import { type Batch, countSamples, isSamples, type Samples, type TrainingData, toBatch } from "./data.js";
import { callIn, type TrainingStream } from "./stream.js";
import { type Call, through } from "./through.js";

/** How data are walked. */
export interface Walk {
  readonly batchSize: number;
  readonly shuffle: boolean;
  /** Whether each sample is drawn from all; default: each comes once. */
  readonly replacement?: boolean;
  /** Whether a last, smaller batch is left out; default: it is not. */
  readonly dropLast?: boolean;
  /** Batches that are left out, of samples in memory; default 0. */
  readonly skip?: number;
  readonly signal?: AbortSignal;
  /** Where random numbers come from; default: the seed in force. */
  readonly stream?: TrainingStream;
}

/** The batches of one pass over data. */
export function source(
  op: string,
  whole: Batch | null,
  data: TrainingData,
  { batchSize, shuffle, replacement, dropLast, skip, signal, stream }: Walk,
): Iterable<Batch> | AsyncIterable<Batch> {
  if (whole !== null) {
    const order = (shuffle || replacement) && stream !== undefined ? stream.nextOrder(countSamples(whole), replacement) : null;
    return eachRows(whole, batchSize, order, dropLast, skip);
  }
  const parts = data as AsyncIterable<Samples>;
  // What a user's iterator draws is the training's; somebody who observes is told how long it lets training wait.
  const drawing = callIn(stream);
  const next: Call = observer === null ? drawing : (fn) => timed("batches", () => drawing(fn));
  return untilAborted(through(parts, drawing, next), signal, (part) => toBatch(op, part));
}

export function nothingToDo(op: string, what: string, data: TrainingData): Error {
  if (isSamples(data)) return new ArgumentError(message(op, what));
  return new ArgumentError(message(op, what, "An iterator can be walked once: give an iterable that starts afresh."));
}
