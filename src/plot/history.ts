import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";

/** The figures of a training: what `fit` returned, its `history` by itself, or the same read from a file. */
export type Figures =
  | { readonly history: Readonly<Record<string, readonly number[]>>; readonly epoch?: readonly number[] }
  | Readonly<Record<string, readonly number[]>>;

/** Epochs, from 0, and a list a figure. @throws ArgumentError for what is no history, or lists of different lengths */
export function figuresOf(op: string, given: Figures): { epochs: readonly number[]; figures: Readonly<Record<string, readonly number[]>> } {
  const inner = (given as { history?: unknown } | null | undefined)?.history ?? given;
  if (typeof inner !== "object" || inner === null || Array.isArray(inner)) throw noHistory(op, `the history is ${kindText(given)}`);
  const figures = inner as Record<string, readonly number[]>;
  const [first, ...names] = Object.keys(figures);
  if (first === undefined) throw noHistory(op, "the history has no figures");
  for (const name of [first, ...names]) {
    if (!isNumbers(figures[name])) throw noHistory(op, `history.${name} is ${kindText(figures[name])}`);
    if (figures[name].length !== figures[first].length)
      throw noHistory(op, `history.${name} has ${figures[name].length} numbers, history.${first} has ${figures[first].length}`);
  }
  const epochs = (given as { epoch?: unknown }).epoch;
  return { epochs: isNumbers(epochs) ? epochs : figures[first].map((_, i) => i), figures };
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((one) => typeof one === "number");
}

function noHistory(op: string, problem: string): ArgumentError {
  return new ArgumentError(message(op, `${problem}; expected what fit returned, or lists of numbers of one length by name`));
}
