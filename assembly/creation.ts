/** Tensors written by a rule: one-hot rows, triangles. */
import { copyBytes } from "./movement";
import { Status, fail } from "./threads";

/** @cost 5 + 0.15 * classes @bytes 4 + 4 * classes */
@unmanaged
export class OneHotArgs {
  index: usize; // int32 [n], each in 0 … classes − 1
  out: usize; // [n, classes]
  classes: u32; // width of a row
}

/** out[i, :] = 1 at index[i], 0 elsewhere, in float32. An index out of range is reported and gives a row of zeros. Range: rows. @narrow */
export function oneHot(r: OneHotArgs, from: u32, to: u32): void {
  const rowBytes = <usize>r.classes << 2;
  memory.fill(r.out + rowBytes * from, 0, rowBytes * (to - from));
  for (let i = from; i < to; ++i) {
    const k = load<u32>(r.index + (<usize>i << 2)); // a negative index becomes a large unsigned number
    if (k < r.classes) store<f32>(r.out + rowBytes * i + (<usize>k << 2), 1);
    else fail(Status.IndexOutOfRange, i);
  }
}

/** @cost 5 + 0.25 * cols @bytes 8 * cols */
@unmanaged
export class TriangleArgs {
  x: usize; // [batch, rows, cols], 4-byte elements
  out: usize; // same shape
  rows: u32; // rows of a matrix
  cols: u32; // columns of a matrix
  diagonal: i32; // 0 the main diagonal, positive above it
}

/** out[b, i, j] = x[b, i, j] where j ≥ i + diagonal, else 0; range: rows, batch·rows of them. @narrow */
export function triu(r: TriangleArgs, from: u32, to: u32): void {
  for (let row = from; row < to; ++row) keep(r, row, firstUpper(r, row, 0), r.cols);
}

/** out[b, i, j] = x[b, i, j] where j ≤ i + diagonal, else 0; range: rows, batch·rows of them. @narrow */
export function tril(r: TriangleArgs, from: u32, to: u32): void {
  for (let row = from; row < to; ++row) keep(r, row, 0, firstUpper(r, row, 1));
}

/** The first column on or above diagonal + shift in this row, within 0 … cols; i64 because any diagonal is allowed. */
@inline
function firstUpper(r: TriangleArgs, row: u32, shift: i64): u32 {
  return <u32>min(max(<i64>(row % r.rows) + r.diagonal + shift, 0), <i64>r.cols);
}

/** Copies columns first … end − 1 of a row and clears the others. */
function keep(r: TriangleArgs, row: u32, first: u32, end: u32): void {
  const start = (<usize>row * r.cols) << 2;
  const out = r.out + start;
  memory.fill(out, 0, <usize>first << 2);
  copyBytes(out + (<usize>first << 2), r.x + start + (<usize>first << 2), <usize>(end - first) << 2);
  memory.fill(out + (<usize>end << 2), 0, <usize>(r.cols - end) << 2);
}
