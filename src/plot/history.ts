import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";

type Lists<T> = Readonly<Record<string, readonly T[]>>;

/**
 * The figures of a training: what `fit` returned, its `history` by itself, the `run` of a `RunRecorder`, whose numbers are null where they are not
 * finite; or one of these read from a file.
 */
export type Figures =
  | { readonly history: Lists<number>; readonly epoch?: readonly number[] }
  | { readonly epochs: { readonly epoch: readonly number[]; readonly figures: Lists<number | null> } }
  | Lists<number>;

/** Epochs, from 0, and a list a figure. @throws ArgumentError for what is no history, or lists of different lengths */
export function figuresOf(op: string, given: Figures): { epochs: readonly number[]; figures: Lists<number> } {
  const { lists, epoch } = partsOf(given);
  if (typeof lists !== "object" || lists === null || Array.isArray(lists)) throw noHistory(op, `the history is ${kindText(given)}`);
  const figures: Record<string, readonly number[]> = {};
  for (const [name, list] of Object.entries(lists)) {
    if (!isNumbers(list)) throw noHistory(op, `history.${name} is ${kindText(list)}`);
    figures[name] = list.map((value) => value ?? Number.NaN);
  }
  const [first, ...names] = Object.keys(figures);
  if (first === undefined) throw noHistory(op, "the history has no figures");
  for (const name of names) {
    if (figures[name].length !== figures[first].length)
      throw noHistory(op, `history.${name} has ${figures[name].length} numbers, history.${first} has ${figures[first].length}`);
  }
  return { epochs: isNumbers(epoch) ? (epoch as readonly number[]) : figures[first].map((_, i) => i), figures };
}

/** The lists of figures, and the numbers of their epochs, wherever they stand. */
function partsOf(given: unknown): { lists: unknown; epoch: unknown } {
  const { history, epoch, epochs } = (given ?? {}) as {
    history?: unknown;
    epoch?: unknown;
    epochs?: { figures?: unknown; epoch?: unknown };
  };
  if (epochs?.figures !== undefined) return { lists: epochs.figures, epoch: epochs.epoch };
  return { lists: history ?? given, epoch };
}

function isNumbers(value: unknown): value is readonly (number | null)[] {
  return Array.isArray(value) && value.every((one) => typeof one === "number" || one === null);
}

function noHistory(op: string, problem: string): ArgumentError {
  return new ArgumentError(
    message(op, `${problem}; expected what fit returned, the run of a RunRecorder, or lists of numbers of one length by name`),
  );
}
