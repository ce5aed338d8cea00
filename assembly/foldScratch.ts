/** Where folds keep a block of their sums: the beginning of scratch. Each array is padded to a multiple of eight by BLOCK itself. */
import { scratch } from "./threads";

/** Outputs folded at a time: their accumulators and shifts fill 20 KiB of scratch, and a row piece is one 4 KiB page. */
export const BLOCK: u32 = 1024;

/** float64 accumulators of a block. */
@inline
export function accumulators(): usize {
  return scratch();
}

/** A float64 shift for each accumulator. */
@inline
export function shifts(): usize {
  return scratch() + (<usize>BLOCK << 3);
}

/** The shifts of columns in float32. */
@inline
export function narrowShifts(): usize {
  return scratch() + (<usize>BLOCK << 4);
}

/** Four vectors. */
@inline
export function halves(): usize {
  return narrowShifts() + (<usize>BLOCK << 2);
}

/** Scratch that folds leave to their callers. */
@inline
export function afterFolds(): usize {
  return halves() + 64;
}
