import { RECORDS_AT, RECORDS_END } from "../memory/memory.js";

/** How a record lies in linear memory. */
export interface RecordLayout<Args = never> {
  readonly bytes: number;
  /** Byte offsets of the addresses by their names. */
  readonly pointers: Readonly<Record<string, number>>;
  /** Addresses that may equal `out`. */
  readonly inplace: readonly string[];
  /** Byte offsets of the float64 fields. */
  readonly doubles: readonly number[];
  /** Writes a record to linear memory. @returns its address, valid until some calls later */
  write(args: Args): number;
}

let next = RECORDS_AT;

/** Room for one kernel's record; the ring is large enough that a record outlives its call. */
export function record(size: number): number {
  const at = (next + 7) & ~7;
  if (at + size > RECORDS_END) {
    next = RECORDS_AT + size;
    return RECORDS_AT;
  }
  next = at + size;
  return at;
}
