import { note } from "../../errors/note.js";
import { RecordError } from "../../io/recordError.js";

/** What becomes of records that cannot be read. */
export interface BadRecords {
  /** Whether they are passed over: then no record can be passed over without making it, since it may be one that counts for nothing. */
  readonly lenient: boolean;
  /** Takes a record that cannot be read out of the stream. @throws the error, unless such records are passed over */
  refuse(error: RecordError): void;
}

/** Whoever comes upon a bad record throws it. */
export const STRICT: BadRecords = {
  lenient: false,
  refuse(error) {
    throw error;
  },
};

/** The errors of a report that are kept. */
const KEPT = 10;
/** The errors of a report that are told. */
const TOLD = 3;

/** The records of a pass that were passed over because they could not be read. */
export class SkippedRecords implements BadRecords {
  readonly lenient = true;
  /** How many there are. */
  count = 0;
  /** The first ten. */
  first: readonly RecordError[] = [];

  refuse(error: RecordError): void {
    this.count++;
    if (this.first.length < KEPT) this.first = [...this.first, error];
  }

  /** Begins a new pass. */
  clear(): void {
    this.count = 0;
    this.first = [];
  }

  /** Tells the user what was skipped in a pass that has ended. */
  tell(): void {
    if (this.count === 0) return;
    const texts = this.first.slice(0, TOLD).map(({ message }) => `\n  ${message}`);
    const more = this.count > TOLD ? `\n  and ${this.count - TOLD} more` : "";
    note(`${this.count} bad record${this.count === 1 ? " was" : "s were"} skipped:${texts.join("")}${more}`);
  }
}

/** What a function or source threw, as a bad record. */
export function badRecord(op: string, error: unknown, index: number): RecordError {
  if (error instanceof RecordError) return error;
  const text = (error as { message?: string } | null)?.message ?? String(error);
  return new RecordError(op, text.replace(/\.$/, ""), { index, cause: error });
}
