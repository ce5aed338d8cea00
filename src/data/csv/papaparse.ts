import { PeerError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";

/** Splits a record into its cells: throws the library's word for what is wrong with its quotes. */
export type Unquote = (record: string) => string[];

/** The part of Papa Parse that is used. */
export interface PapaParse {
  parse(text: string, config: object): { data: string[][]; errors: { type: string; message: string }[] };
}

let bundled: PapaParse | null = null;

/** Takes the library from a program that brings it along, such as the command. */
export function useParser(papa: PapaParse): void {
  bundled = papa;
}

/**
 * Loads Papa Parse, which is an optional peer: it tells what the quotes of a record mean. Whose files have no quotes does not need it.
 *
 * Of the well-kept parsers it is the one that tells malformed quotes. uDSV, which is faster, takes damaged records as data: one with a cell too
 * few goes on in the next. Neither is asked for lines without quotes, which are split here, from bytes to numbers: Papa Parse reads a file of
 * numbers at 39 MB/s, csv-parse at 27, uDSV at 75.
 * @throws PeerError if it is not installed
 */
export async function loadUnquote(op: string, separator: string): Promise<Unquote> {
  const papa = await load(op);
  const config = { delimiter: separator, newline: "\n", quoteChar: '"' };
  return (record) => {
    const { data, errors } = papa.parse(record, config);
    const wrong = errors.find(({ type }) => type === "Quotes");
    if (wrong !== undefined) throw new Error(wrong.message.toLowerCase());
    if (data.length !== 1) throw new Error("a line feed stands behind a quoted cell");
    return data[0];
  };
}

async function load(op: string): Promise<PapaParse> {
  if (bundled !== null) return bundled;
  try {
    // @ts-expect-error: the library has no declarations of its own; what is used of it is declared above.
    const loaded = (await import("papaparse")) as unknown as PapaParse & { default?: PapaParse };
    return loaded.default ?? loaded;
  } catch (cause) {
    const reason = (cause as { message?: unknown } | null)?.message ?? cause;
    const problem = `the file has quoted cells, and the library papaparse, which reads them, cannot be loaded: ${reason}`;
    throw new PeerError(message(op, problem, "Run: npm install papaparse"));
  }
}
