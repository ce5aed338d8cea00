import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { untilAborted } from "./abort.js";
import { eachRows } from "./batches.js";
import { clocked } from "./clocked.js";
import { type Batch, isSamples, type Samples, type TrainingData, toBatch } from "./data.js";

/** How data are walked. */
export interface Walk {
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly signal?: AbortSignal;
}

/** The batches of an epoch. */
export function source(
  op: string,
  whole: Batch | null,
  data: TrainingData,
  { batchSize, shuffle, signal }: Walk,
): Iterable<Batch> | AsyncIterable<Batch> {
  return whole === null
    ? untilAborted(clocked(data as AsyncIterable<Samples>), signal, (part) => toBatch(op, part))
    : eachRows(whole, batchSize, shuffle);
}

export function nothingToDo(op: string, what: string, data: TrainingData): Error {
  if (isSamples(data)) return new ArgumentError(message(op, what));
  return new ArgumentError(message(op, what, "An iterator can be walked once: give an iterable that starts afresh."));
}
