import { message } from "../errors/message.js";
import { FileError } from "./error.js";

/** Where a record stands that cannot be read. */
export interface RecordPlace {
  /** Path of the file. */
  readonly file?: string | undefined;
  /** The number of its line in the file, from 1. */
  readonly line?: number | undefined;
  /** Its number among the records, from 0. */
  readonly index?: number | undefined;
  /** The error that came of reading it. */
  readonly cause?: unknown;
}

/**
 * A record of a stream that cannot be read or made. `code` is "FILE". Somebody's own source yields one in the place of a record, or
 * throws one in a function of `map`: `onBadRecord("skip")` then passes over the record.
 * @param op who reads, as the message says it
 * @param problem what is wrong
 * @param place file, line and number of the record, as far as they are known
 * @param mend how to mend it
 * @example const error = new RecordError("prices", "the price is missing", { file: "prices.txt", line: 7 });
 */
export class RecordError extends FileError {
  override readonly name: string = "RecordError";
  readonly file: string | null;
  readonly line: number | null;
  readonly index: number | null;
  override readonly cause: unknown;

  constructor(op: string, problem: string, place: RecordPlace = {}, mend?: string) {
    const { file = null, line = null, index = null, cause } = place;
    const where = [file, line === null ? null : `line ${line}`, line === null && index !== null ? `record ${index}` : null];
    const text = where.filter((part) => part !== null).join(", ");
    super(message(op, text === "" ? problem : `${text}: ${problem}`, mend));
    this.file = file;
    this.line = line;
    this.index = index;
    this.cause = cause;
  }
}
