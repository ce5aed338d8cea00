/**
 * What every instance knows of its place in the process. Several instances share one memory, but each has its own
 * globals: the two below are thread-local by definition, and the only mutable globals of the kernels.
 */

/** Bytes of the scratch slab that each thread owns. */
export const SCRATCH_BYTES: usize = 4 << 20;

/** What a kernel may find wrong with its data. The numbers are part of the interface: see src/kernels/status.ts. */
export enum Status {
  Ok = 0,
  /** An index or a label is outside its axis; the detail is its position. */
  IndexOutOfRange = 1,
  /** A value that must be finite is NaN or infinite; the detail is its position. */
  NonFinite = 2,
}

let slab: usize = 0;
let status: usize = 0;

/** Tells this instance where its scratch slab begins and where the shared status words (u32 code, u32 detail) are. */
export function setup(slabAt: usize, statusAt: usize): void {
  slab = slabAt;
  status = statusAt;
}

/** Start of this thread's scratch slab, 64-byte aligned; its content is undefined. */
export function scratch(): usize {
  return slab;
}

/** Reports a fault and goes on; only the first since the host looked is kept. */
export function fail(code: u32, detail: u32): void {
  if (atomic.cmpxchg<u32>(status, Status.Ok, code) == Status.Ok) store<u32>(status, detail, 4);
}
