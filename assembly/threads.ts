/**
 * What an instance of the kernels knows about its thread. Several instances share one memory, but each has globals of its own, so
 * that globals are thread-local. The three below are the only mutable globals of the kernels.
 */

/** Bytes of the scratch slab that each thread owns. @host */
export const SCRATCH_BYTES: usize = 4 << 20;

/** The faults that a kernel can find in its data. @host */
export enum Status {
  Ok = 0,
  /** An index or a label is outside its axis; the detail is its position. */
  IndexOutOfRange = 1,
  /** A value that must be finite is NaN or infinite; the detail is its position. */
  NonFinite = 2,
  /** A number that must be whole, and an int32, is not; the detail is its position. */
  NotWhole = 3,
  /** A value is outside the range that it must lie in; the detail is its position. */
  OutOfRange = 4,
  /** A result is outside its integer type; the detail is its position. */
  Overflow = 5,
}

let slab: usize = 0;
let status: usize = 0;
let wide: bool = false;

/** Where the heap may begin: behind the tables of constants. */
export function heapBase(): usize {
  return __heap_base;
}

/**
 * Tells this instance where its scratch slab begins, where the shared status words (u32 code, u32 detail) are, and whether it is
 * compiled to 256-bit instructions.
 */
export function setup(slabAt: usize, statusAt: usize, isWide: bool): void {
  slab = slabAt;
  status = statusAt;
  wide = isWide;
}

/** Whether pairs of vectors are computed by one instruction. This may decide how a kernel goes about its work, but never its bits. */
@inline
export function isWide(): bool {
  return wide;
}

/** Start of this thread's scratch slab, 64-byte aligned; its content is undefined. */
export function scratch(): usize {
  return slab;
}

/**
 * Reports a fault; the kernel goes on. Of all faults since the host last read the status words, the one with the least detail is
 * kept, so that the message does not depend on the order in which threads report.
 */
export function fail(code: u32, detail: u32): void {
  const fault = (<u64>detail << 32) | code;
  let found = atomic.load<u64>(status);
  while (<u32>found == Status.Ok || detail < <u32>(found >> 32)) {
    const before = atomic.cmpxchg<u64>(status, found, fault);
    if (before == found) return;
    found = before;
  }
}
