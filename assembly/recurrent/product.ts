/** The product of a recurrent step: a few rows with weights that are packed already. */
import { KC } from "../blocks";
import { Keeps, Tile, ZEROS } from "../micro";
import { nextRows, sweep } from "../sweep";
import { scratch } from "../threads";
import { STRIP_WIDTH } from "./weights";

/**
 * C = A · B, or C += A · B. Rows of A [rows, k] and of C [rows, n] are `lda` and `ldc` bytes apart; B is as `packWeights` leaves it. A
 * strip of B stays in L1 while it meets all rows. Each element is one chain over k, so that its bits depend neither on the rows beside it
 * nor on the tiles.
 */
export function multiply(a: usize, lda: usize, b: usize, k: u32, c: usize, ldc: usize, rows: u32, n: u32, adds: bool): void {
  const t = changetype<Tile>(scratch());
  t.ldc = ldc;
  t.beta = 1;
  t.floor = -Infinity;
  for (let p: u32 = 0; p < k; p += KC) {
    const steps = min(KC, k - p);
    t.keeps = adds || p ? Keeps.Some : Keeps.Plain;
    for (let j: u32 = 0; j < n; j += STRIP_WIDTH) {
      const strip = b + (<usize>(j * k + p * STRIP_WIDTH) << 2), cols = min(STRIP_WIDTH, n - j);
      for (let i: u32 = 0; i < rows; i += t.rows) {
        t.rows = nextRows(rows - i);
        tile(t, a + lda * i + (<usize>p << 2), lda, strip, steps, c + ldc * i + (<usize>j << 2), cols);
      }
    }
  }
}

@inline
function tile(t: Tile, a: usize, lda: usize, strip: usize, steps: u32, c: usize, cols: u32): void {
  const rows = t.rows;
  t.c = c;
  t.bias = ZEROS;
  sweep(t, a, lda, 4, strip, STRIP_WIDTH << 2, steps, cols);
  // The last columns of narrow tiles go in two parts, which change it.
  t.rows = rows;
}
