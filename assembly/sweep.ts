/** A few rows of C: which micro-kernels compute which of its columns. */
import { BLOCK_AT, EDGE_AT } from "./blocks";
import { Keeps, SHORT, TALL, Tile, ZEROS, panel12, panelShort, panelTall, putRows, rows12, rowsShort, rowsTall } from "./micro";
import { wideHalf, wideShort, wideTall } from "./microWide";
import { stream } from "./thin";
import { isWide, scratch } from "./threads";

/** Columns of a strip of packed B: those of a tile. */
@inline
export function stripColumns(): u32 {
  return isWide() ? 16 : 8;
}

/** Rows of the next tile. Short tiles are taken as soon as they cover the rows that are left in no more tiles than tall ones. */
@inline
export function nextRows(left: u32): u32 {
  return min(left, (left + TALL - 1) / TALL * SHORT >= left ? SHORT : TALL);
}

/**
 * Computes the tiles of t.rows rows of A and `cols` columns of B. Row R of A at step k is at `a + R · aRow + k · aStep`; one of the two
 * distances is 4. B is packed if `ldb` is 0; otherwise it is read in place, and `ldb` is the number of bytes from one step of k to the
 * next.
 */
export function sweep(t: Tile, a: usize, aRow: usize, aStep: usize, b: usize, ldb: usize, k: u32, cols: u32): void {
  if (ldb && t.rows <= 2 && cols >= 32) {
    const whole = cols & ~7;
    stream(t, a, aRow, aStep, b, ldb, k, whole, scratch() + BLOCK_AT);
    t.c += whole << 2;
    if (t.bias != ZEROS) t.bias += whole << 2;
    b += whole << 2;
    cols -= whole;
  }
  if (isWide()) sweepWide(t, a, aRow, aStep, b, ldb, k, cols);
  else if (aStep == 4) sweepNarrow(t, true, a, aRow, b, ldb, k, cols);
  else sweepNarrow(t, false, a, aStep, b, ldb, k, cols);
}

/** Tiles of 16 columns, and one of 8 where no more are left. */
function sweepWide(t: Tile, a: usize, aRow: usize, aStep: usize, b: usize, ldb: usize, k: u32, cols: u32): void {
  const biasStep = t.bias == ZEROS ? 0 : 64, bStep: usize = ldb ? ldb : 64, bHalf: usize = ldb ? ldb : 32, bNext: usize = ldb ? 64 : 64 * k;
  for (; cols >= 16; cols -= 16) {
    sixteen(t, a, aRow, aStep, b, bStep, k);
    t.c += 64;
    t.bias += biasStep;
    b += bNext;
  }
  if (cols == 8) wideHalf(t, a, aRow, aStep, b, bHalf, k);
  else if (cols) {
    // The tile is computed in memory of its own: it is always full, and what stands behind the last column may be another thread's.
    const c = t.c, ldc = t.ldc, keeps = t.keeps, sums = scratch() + EDGE_AT;
    t.c = sums;
    t.ldc = 64;
    t.keeps = Keeps.Plain;
    if (cols < 8) wideHalf(t, a, aRow, aStep, b, bHalf, k);
    else sixteen(t, a, aRow, aStep, b, bStep, k);
    t.c = c;
    t.ldc = ldc;
    t.keeps = keeps;
    t.cols = cols;
    putRows(t, sums, 64);
  }
}

@inline
function sixteen(t: Tile, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, k: u32): void {
  if (t.rows > SHORT) wideTall(t, a, aRow, aStep, b, bStep, k);
  else wideShort(t, a, aRow, aStep, b, bStep, k);
}

/** Tiles of 8 columns, and a last one of up to 12. A is read as rows, or as a panel, whose step is `aStep`. @narrow */
function sweepNarrow(t: Tile, byRows: bool, a: usize, aStep: usize, b: usize, ldb: usize, k: u32, cols: u32): void {
  const biasStep = t.bias == ZEROS ? 0 : 32, bStep: usize = ldb ? ldb : 32, bNext: usize = ldb ? 32 : 32 * k;
  t.cols = 8;
  for (; cols > 12 || cols == 8; cols -= 8) {
    eight(t, byRows, a, aStep, b, bStep, k);
    t.c += 32;
    t.bias += biasStep;
    b += bNext;
  }
  t.cols = cols;
  if (cols > 8) twelve(t, byRows, a, aStep, b, ldb ? ldb : 48, k);
  else if (cols) eight(t, byRows, a, aStep, b, bStep, k);
}

/** A tile of up to 8 columns. */
@inline
function eight(t: Tile, byRows: bool, a: usize, aStep: usize, b: usize, bStep: usize, k: u32): void {
  if (byRows) {
    if (t.rows > SHORT) rowsTall(t, a, aStep, b, bStep, k);
    else rowsShort(t, a, aStep, b, bStep, k);
  } else {
    if (t.rows > SHORT) panelTall(t, a, aStep, b, bStep, k);
    else panelShort(t, a, aStep, b, bStep, k);
  }
}

/** The last 9 to 12 columns, as one tile of three rows and a second one for the other rows. */
function twelve(t: Tile, byRows: bool, a: usize, aStep: usize, b: usize, bStep: usize, k: u32): void {
  const rows = t.rows;
  t.rows = min(3, rows);
  if (byRows) rows12(t, a, aStep, b, bStep, k);
  else panel12(t, a, aStep, b, bStep, k);
  if (rows <= 3) return;
  t.rows = rows - 3;
  t.c += 3 * t.ldc;
  if (byRows) rows12(t, a + 3 * aStep, aStep, b, bStep, k);
  else panel12(t, a + 12, aStep, b, bStep, k);
}
