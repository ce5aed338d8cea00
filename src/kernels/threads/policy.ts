import { BREAK_EVEN, breakEven, setBreakEven } from "../direct.js";

/** Which calls threads share, and in which parts. Parts depend on speed only: results do not depend on where a range is cut. */

/** The least estimated nanoseconds of a part, and the most parts that a thread takes. */
const LEAST_PART = 4000;
const PARTS_A_THREAD = 4;
/** Cuts fall on multiples of this, where there are enough units: whole cache lines, even of bytes. */
const ALIGN_UNITS = 64;

/** Where calls are shared from, while there are several threads. */
let least = BREAK_EVEN;

/** @internal for tests and benchmarks: calls of at least `nanoseconds` are shared; 0 shares all that have a cost */
export function shareFrom(nanoseconds: number = BREAK_EVEN): void {
  least = Math.max(Number.MIN_VALUE, nanoseconds);
  if (breakEven !== Infinity) setBreakEven(least);
}

/** Whether there are several threads to share calls with. */
export function shareAmong(threads: number): void {
  setBreakEven(threads === 1 ? Infinity : least);
}

/** Units of a part of a call of `cost` estimated nanoseconds. @param even one part a thread */
export function partSize(threads: number, cost: number, even: boolean | undefined, units: number): number {
  const parts = even ? threads : Math.max(threads, Math.min(PARTS_A_THREAD * threads, cost / LEAST_PART));
  const step = Math.ceil(units / parts);
  return step >= 4 * ALIGN_UNITS ? Math.ceil(step / ALIGN_UNITS) * ALIGN_UNITS : step;
}
