/**
 * Two ways to compute products without packing, for few rows or columns, where packing would cost more than multiplying.
 * Both apply beta, bias and activation to C just as the blocked way of gemm.ts does.
 */
import { dots, dotsRow, dotsWide } from "./dots";
import { Keeps, Tile, ZEROS } from "./micro";
import { storePair } from "./pairs";
import { madd } from "./simd";
import { isWide } from "./threads";

/**
 * C = A · B by dot products: the rows at `a` and the columns at `b` both run along k, `lda` and `ldb` bytes apart. `sums` is a place
 * for 96 bytes.
 */
export function sweepDots(t: Tile, a: usize, lda: usize, b: usize, ldb: usize, k: u32, rows: u32, cols: u32, sums: usize): void {
  const c = t.c, bias = t.bias, wide = isWide(), pairs = rows & ~1, biasStep = t.bias == ZEROS ? 0 : 20;
  if (pairs) {
    t.rows = 2;
    for (let j: u32 = 0, at = b; j < cols; j += 5, at += 5 * ldb) {
      t.c = c + (j << 2);
      t.cols = min(5, cols - j);
      for (let i: u32 = 0; i < pairs; i += 2) {
        if (wide) dotsWide(t, a + i * lda, lda, at, ldb, k, sums);
        else dots(t, a + i * lda, lda, at, ldb, k, sums);
        t.c += 2 * t.ldc;
      }
      t.bias += biasStep;
    }
  }
  if (rows > pairs) sweepRow(t, a + pairs * lda, b, ldb, k, cols, c + pairs * t.ldc, bias, sums);
}

/** One row of `sweepDots`, written to address `c`. */
function sweepRow(t: Tile, a: usize, b: usize, ldb: usize, k: u32, cols: u32, c: usize, bias: usize, sums: usize): void {
  const biasStep = bias == ZEROS ? 0 : 24;
  for (let j: u32 = 0; j < cols; j += 6) {
    t.c = c + (j << 2);
    t.bias = bias;
    t.cols = min(6, cols - j);
    dotsRow(t, a, b, ldb, k, sums);
    bias += biasStep;
    b += 6 * ldb;
  }
}

/**
 * One or two rows of C, `cols` columns (a multiple of 8). B is read in place, one row after the other: the bandwidth of memory is the
 * limit. Row R, step k of A is at `a + R · aRow + k · aStep`. The sums are kept at address `sums` until they are complete.
 */
export function stream(t: Tile, a: usize, aRow: usize, aStep: usize, b: usize, ldb: usize, k: u32, cols: u32, sums: usize): void {
  const two = t.rows > 1, bytes = <usize>cols << 2, second = sums + bytes;
  memory.fill(sums, 0, two ? 2 * bytes : bytes);
  for (; k >= 4; k -= 4) {
    addFour(sums, bytes, a, aStep, b, ldb);
    if (two) addFour(second, bytes, a + aRow, aStep, b, ldb);
    a += 4 * aStep;
    b += 4 * ldb;
  }
  for (; k; k--) {
    addOne(sums, bytes, a, b);
    if (two) addOne(second, bytes, a + aRow, b);
    a += aStep;
    b += ldb;
  }
  putRow(t, t.c, sums, bytes);
  if (two) putRow(t, t.c + t.ldc, second, bytes);
}

/** sums += four steps of k, in order. */
function addFour(sums: usize, bytes: usize, a: usize, aStep: usize, b: usize, ldb: usize): void {
  const a2 = a + 2 * aStep;
  const x0 = v128.load32_splat(a), x1 = v128.load32_splat(a + aStep), x2 = v128.load32_splat(a2), x3 = v128.load32_splat(a2 + aStep);
  const b1 = b + ldb, b2 = b1 + ldb, b3 = b2 + ldb;
  for (let j: usize = 0; j < bytes; j += 32) {
    const b0j = b + j, b1j = b1 + j, b2j = b2 + j, b3j = b3 + j, at = sums + j;
    let c0 = v128.load(at), c1 = v128.load(at, 16);
    c0 = madd(x0, v128.load(b0j), c0), c1 = madd(x0, v128.load(b0j, 16), c1);
    c0 = madd(x1, v128.load(b1j), c0), c1 = madd(x1, v128.load(b1j, 16), c1);
    c0 = madd(x2, v128.load(b2j), c0), c1 = madd(x2, v128.load(b2j, 16), c1);
    c0 = madd(x3, v128.load(b3j), c0), c1 = madd(x3, v128.load(b3j, 16), c1);
    storePair(at, c0, c1);
  }
}

function addOne(sums: usize, bytes: usize, a: usize, b: usize): void {
  const x = v128.load32_splat(a);
  for (const end = sums + bytes; sums < end; sums += 32, b += 32) {
    const c0 = madd(x, v128.load(b), v128.load(sums)), c1 = madd(x, v128.load(b, 16), v128.load(sums, 16));
    storePair(sums, c0, c1);
  }
}

/** Writes a row of C from its sums. */
function putRow(t: Tile, c: usize, sums: usize, bytes: usize): void {
  const floors = t.floors(), betas = t.betas(), keeps = t.keeps, biasStep = t.bias == ZEROS ? 0 : 32;
  let bias = t.bias;
  for (const end = sums + bytes; sums < end; sums += 32) {
    let x0 = v128.load(sums), x1 = v128.load(sums, 16);
    // One branch for both vectors, or they would not pack.
    if (keeps == Keeps.Some) x0 = madd(betas, v128.load(c), x0), x1 = madd(betas, v128.load(c, 16), x1);
    x0 = f32x4.pmax(f32x4.add(x0, v128.load(bias)), floors);
    x1 = f32x4.pmax(f32x4.add(x1, v128.load(bias, 16)), floors);
    storePair(c, x0, x1);
    c += 32;
    bias += biasStep;
  }
}
