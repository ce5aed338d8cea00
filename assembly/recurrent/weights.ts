/**
 * Weights of recurrent products in strips of 16 columns: column j of row p of B [k, n] is at p · 16 + j % 16 of strip ⌊j / 16⌋. Wide tiles
 * take a strip at once, narrow ones half of it, so that one layout serves both. The last strip is filled up with zeros.
 *
 * They are packed once a sequence, and serve all its steps and all threads.
 */
import { Rows } from "../lines";
import { packStrip, packTransposed } from "../pack";

/** @cost k @bytes 128 * k */
@unmanaged
export class PackWeightsArgs {
  weight: usize; // B [k, n] with rows `ld` apart; with `transposed` it is stored as [n, k]
  out: usize; // [⌈n / 16⌉, k, 16]
  k: u32;
  n: u32;
  ld: u32; // elements from row to row as stored
  transposed: u32;
}

/** Columns of a strip. @host */
export const STRIP_WIDTH: u32 = 16;

/** Range: strips. @narrow */
export function packWeights(r: PackWeightsArgs, from: u32, to: u32): void {
  const k = r.k, ld = <usize>r.ld << 2;
  for (let strip = from; strip < to; strip++) {
    const first = strip * STRIP_WIDTH, cols = min(STRIP_WIDTH, r.n - first), out = r.out + (<usize>first * k << 2);
    if (r.transposed) {
      const line = r.weight + ld * first;
      if (cols == STRIP_WIDTH) packTransposed<Rows>(line, ld, k, STRIP_WIDTH, STRIP_WIDTH, out);
      else some(line, 4, ld, k, cols, out);
    } else {
      const line = r.weight + (<usize>first << 2);
      if (cols == STRIP_WIDTH) packStrip<Rows>(line, ld, k, STRIP_WIDTH, out);
      else some(line, ld, 4, k, cols, out);
    }
  }
}

/** A strip of fewer columns. Its rows and columns are `down` and `across` bytes apart. */
function some(from: usize, down: usize, across: usize, k: u32, cols: u32, to: usize): void {
  for (let p: u32 = 0; p < k; p++) {
    for (let j: u32 = 0; j < STRIP_WIDTH; j++) store<f32>(to + (<usize>j << 2), j < cols ? load<f32>(from + across * j) : 0);
    from += down;
    to += STRIP_WIDTH << 2;
  }
}
