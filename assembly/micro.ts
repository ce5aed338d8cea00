/**
 * The micro-kernels of GEMM: here, and in microWide.ts for 256 bits, registers are counted. Each multiplies a few rows of A with a
 * strip of B over one block of k, keeps the tile of sums in registers and writes it to C.
 *
 * V8 on x64 has 15 vector registers to give. With fused multiply-add a row needs one register for its element of A, beside two
 * for the strip of B, so that 12 accumulators (6 × 8) fit. Without it a product needs one register more, and 10 accumulators
 * (5 × 8) fit. One accumulator too many makes the loop spill and halves the speed. The loops are not unrolled by hand, because
 * Binaryen would interleave the steps and run out of registers.
 *
 * Accumulator `cRV` holds row R, columns 4V to 4V + 3. In every kernel it is one chain of `madd` over k in order, so that the bits
 * of an output do not depend on the tile that it falls into.
 *
 * `rows…` read A in place, row after row along k, without packing. Pointers past the last row point at the last row again. One
 * offset serves all rows, because V8 widens every pointer that moves to 64 bits, besides the addition.
 * `panel…` read A from a strip of adjacent columns of Aᵀ: row R of step k is at `a + 4R`, the next step `aStep` bytes on.
 * B is a strip of 8 or 12 adjacent columns, the next step `bStep` bytes on. Columns past the last may hold anything.
 *
 * A micro-kernel must not be inlined. Inside the loops around it, it would spill, and Wasm has no on-stack replacement for a
 * function that began to run unoptimised. Binaryen does not inline functions with two call sites, nor V8 those above 500 bytes; a
 * test looks for the names of the micro-kernels in the build.
 */
import { madd } from "./simd";

/** Rows of the tall tile. */
export const TALL: u32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 5;
/** Rows of the short tile. Tall and short tiles together cover any number of rows from 12 on. */
export const SHORT: u32 = 4;

/** The bias of a product without one: 16 zeros, which every tile reads. */
export const ZEROS = memory.data<f32>([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

/** What a tile does with the elements that C holds before. */
export enum Keeps {
  /** C is not read. */
  Nothing = 0,
  /** beta · C is added. */
  Some = 1,
  /** C is not read, and the sums are written as they are: no bias, no floor. */
  Plain = 2,
}

/** Where a tile goes, and how: C = max(sums + beta · C + bias, floor). */
@unmanaged
export class Tile {
  c: usize; // address of its first element
  ldc: usize; // bytes from row to row
  bias: usize; // address of the bias of its first column, or ZEROS
  rows: u32; // rows that exist
  cols: u32; // columns that exist
  keeps: u32; // what is done with C: see Keeps
  beta: f32;
  floor: f32; // 0 for relu, else −∞

  @inline betas(): v128 { return v128.load32_splat(changetype<usize>(this), offsetof<Tile>("beta")); }
  @inline floors(): v128 { return v128.load32_splat(changetype<usize>(this), offsetof<Tile>("floor")); }
}

/** A tile of 6 × 8 from rows of A; 5 × 8 without fused multiply-add. @narrow */
export function rowsTall(t: Tile, a: usize, lda: usize, b: usize, bStep: usize, k: u32): void {
  const rows = t.rows;
  const a0 = a, a1 = rows > 1 ? a0 + lda : a0, a2 = rows > 2 ? a1 + lda : a1;
  const a3 = rows > 3 ? a2 + lda : a2, a4 = rows > 4 ? a3 + lda : a3, a5 = rows > 5 ? a4 + lda : a4;
  const zero = f32x4.splat(0);
  let c00 = zero, c01 = zero;
  let c10 = zero, c11 = zero;
  let c20 = zero, c21 = zero;
  let c30 = zero, c31 = zero;
  let c40 = zero, c41 = zero;
  let c50 = zero, c51 = zero;
  for (let p: usize = 0, end = <usize>k << 2; p < end; p += 4) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x: v128;
    x = v128.load32_splat(a0 + p), c00 = madd(x, b0, c00), c01 = madd(x, b1, c01);
    x = v128.load32_splat(a1 + p), c10 = madd(x, b0, c10), c11 = madd(x, b1, c11);
    x = v128.load32_splat(a2 + p), c20 = madd(x, b0, c20), c21 = madd(x, b1, c21);
    x = v128.load32_splat(a3 + p), c30 = madd(x, b0, c30), c31 = madd(x, b1, c31);
    x = v128.load32_splat(a4 + p), c40 = madd(x, b0, c40), c41 = madd(x, b1, c41);
    if (TALL > 5) x = v128.load32_splat(a5 + p), c50 = madd(x, b0, c50), c51 = madd(x, b1, c51);
    b += bStep;
  }
  const floors = t.floors(), ldc = t.ldc, keeps = t.keeps, bias = t.bias, cols = t.cols;
  let c = t.c;
  put8(t, c, c00, c01, floors, keeps, bias, cols);
  if (rows > 1) put8(t, c += ldc, c10, c11, floors, keeps, bias, cols);
  if (rows > 2) put8(t, c += ldc, c20, c21, floors, keeps, bias, cols);
  if (rows > 3) put8(t, c += ldc, c30, c31, floors, keeps, bias, cols);
  if (rows > 4) put8(t, c += ldc, c40, c41, floors, keeps, bias, cols);
  if (TALL > 5 && rows > 5) put8(t, c += ldc, c50, c51, floors, keeps, bias, cols);
}

/** A tile of 4 × 8 from rows of A. @narrow */
export function rowsShort(t: Tile, a: usize, lda: usize, b: usize, bStep: usize, k: u32): void {
  const rows = t.rows;
  const a0 = a, a1 = rows > 1 ? a0 + lda : a0, a2 = rows > 2 ? a1 + lda : a1;
  const a3 = rows > 3 ? a2 + lda : a2;
  const zero = f32x4.splat(0);
  let c00 = zero, c01 = zero;
  let c10 = zero, c11 = zero;
  let c20 = zero, c21 = zero;
  let c30 = zero, c31 = zero;
  for (let p: usize = 0, end = <usize>k << 2; p < end; p += 4) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x: v128;
    x = v128.load32_splat(a0 + p), c00 = madd(x, b0, c00), c01 = madd(x, b1, c01);
    x = v128.load32_splat(a1 + p), c10 = madd(x, b0, c10), c11 = madd(x, b1, c11);
    x = v128.load32_splat(a2 + p), c20 = madd(x, b0, c20), c21 = madd(x, b1, c21);
    x = v128.load32_splat(a3 + p), c30 = madd(x, b0, c30), c31 = madd(x, b1, c31);
    b += bStep;
  }
  const floors = t.floors(), ldc = t.ldc, keeps = t.keeps, bias = t.bias, cols = t.cols;
  let c = t.c;
  put8(t, c, c00, c01, floors, keeps, bias, cols);
  if (rows > 1) put8(t, c += ldc, c10, c11, floors, keeps, bias, cols);
  if (rows > 2) put8(t, c += ldc, c20, c21, floors, keeps, bias, cols);
  if (rows > 3) put8(t, c += ldc, c30, c31, floors, keeps, bias, cols);
}

/** A tile of 3 × 12 from rows of A, for the last 9 to 12 columns. @narrow */
export function rows12(t: Tile, a: usize, lda: usize, b: usize, bStep: usize, k: u32): void {
  const rows = t.rows;
  const a0 = a, a1 = rows > 1 ? a0 + lda : a0, a2 = rows > 2 ? a1 + lda : a1;
  const zero = f32x4.splat(0);
  let c00 = zero, c01 = zero, c02 = zero;
  let c10 = zero, c11 = zero, c12 = zero;
  let c20 = zero, c21 = zero, c22 = zero;
  for (let p: usize = 0, end = <usize>k << 2; p < end; p += 4) {
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(b, 32);
    let x: v128;
    x = v128.load32_splat(a0 + p), c00 = madd(x, b0, c00), c01 = madd(x, b1, c01), c02 = madd(x, b2, c02);
    x = v128.load32_splat(a1 + p), c10 = madd(x, b0, c10), c11 = madd(x, b1, c11), c12 = madd(x, b2, c12);
    x = v128.load32_splat(a2 + p), c20 = madd(x, b0, c20), c21 = madd(x, b1, c21), c22 = madd(x, b2, c22);
    b += bStep;
  }
  const floors = t.floors(), ldc = t.ldc, keeps = t.keeps, bias = t.bias, cols = t.cols;
  let c = t.c;
  put12(t, c, c00, c01, c02, floors, keeps, bias, cols);
  if (rows > 1) put12(t, c += ldc, c10, c11, c12, floors, keeps, bias, cols);
  if (rows > 2) put12(t, c += ldc, c20, c21, c22, floors, keeps, bias, cols);
}

/** A tile of 6 × 8 from a panel of A; 5 × 8 without fused multiply-add. @narrow */
export function panelTall(t: Tile, a: usize, aStep: usize, b: usize, bStep: usize, k: u32): void {
  const zero = f32x4.splat(0);
  let c00 = zero, c01 = zero;
  let c10 = zero, c11 = zero;
  let c20 = zero, c21 = zero;
  let c30 = zero, c31 = zero;
  let c40 = zero, c41 = zero;
  let c50 = zero, c51 = zero;
  for (; k; k--) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x: v128;
    x = v128.load32_splat(a), c00 = madd(x, b0, c00), c01 = madd(x, b1, c01);
    x = v128.load32_splat(a, 4), c10 = madd(x, b0, c10), c11 = madd(x, b1, c11);
    x = v128.load32_splat(a, 8), c20 = madd(x, b0, c20), c21 = madd(x, b1, c21);
    x = v128.load32_splat(a, 12), c30 = madd(x, b0, c30), c31 = madd(x, b1, c31);
    x = v128.load32_splat(a, 16), c40 = madd(x, b0, c40), c41 = madd(x, b1, c41);
    if (TALL > 5) x = v128.load32_splat(a, 20), c50 = madd(x, b0, c50), c51 = madd(x, b1, c51);
    a += aStep;
    b += bStep;
  }
  const floors = t.floors(), ldc = t.ldc, keeps = t.keeps, bias = t.bias, cols = t.cols, rows = t.rows;
  let c = t.c;
  put8(t, c, c00, c01, floors, keeps, bias, cols);
  if (rows > 1) put8(t, c += ldc, c10, c11, floors, keeps, bias, cols);
  if (rows > 2) put8(t, c += ldc, c20, c21, floors, keeps, bias, cols);
  if (rows > 3) put8(t, c += ldc, c30, c31, floors, keeps, bias, cols);
  if (rows > 4) put8(t, c += ldc, c40, c41, floors, keeps, bias, cols);
  if (TALL > 5 && rows > 5) put8(t, c += ldc, c50, c51, floors, keeps, bias, cols);
}

/** A tile of 4 × 8 from a panel of A. @narrow */
export function panelShort(t: Tile, a: usize, aStep: usize, b: usize, bStep: usize, k: u32): void {
  const zero = f32x4.splat(0);
  let c00 = zero, c01 = zero;
  let c10 = zero, c11 = zero;
  let c20 = zero, c21 = zero;
  let c30 = zero, c31 = zero;
  for (; k; k--) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x: v128;
    x = v128.load32_splat(a), c00 = madd(x, b0, c00), c01 = madd(x, b1, c01);
    x = v128.load32_splat(a, 4), c10 = madd(x, b0, c10), c11 = madd(x, b1, c11);
    x = v128.load32_splat(a, 8), c20 = madd(x, b0, c20), c21 = madd(x, b1, c21);
    x = v128.load32_splat(a, 12), c30 = madd(x, b0, c30), c31 = madd(x, b1, c31);
    a += aStep;
    b += bStep;
  }
  const floors = t.floors(), ldc = t.ldc, keeps = t.keeps, bias = t.bias, cols = t.cols, rows = t.rows;
  let c = t.c;
  put8(t, c, c00, c01, floors, keeps, bias, cols);
  if (rows > 1) put8(t, c += ldc, c10, c11, floors, keeps, bias, cols);
  if (rows > 2) put8(t, c += ldc, c20, c21, floors, keeps, bias, cols);
  if (rows > 3) put8(t, c += ldc, c30, c31, floors, keeps, bias, cols);
}

/** A tile of 3 × 12 from a panel of A, for the last 9 to 12 columns. @narrow */
export function panel12(t: Tile, a: usize, aStep: usize, b: usize, bStep: usize, k: u32): void {
  const zero = f32x4.splat(0);
  let c00 = zero, c01 = zero, c02 = zero;
  let c10 = zero, c11 = zero, c12 = zero;
  let c20 = zero, c21 = zero, c22 = zero;
  for (; k; k--) {
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(b, 32);
    let x: v128;
    x = v128.load32_splat(a), c00 = madd(x, b0, c00), c01 = madd(x, b1, c01), c02 = madd(x, b2, c02);
    x = v128.load32_splat(a, 4), c10 = madd(x, b0, c10), c11 = madd(x, b1, c11), c12 = madd(x, b2, c12);
    x = v128.load32_splat(a, 8), c20 = madd(x, b0, c20), c21 = madd(x, b1, c21), c22 = madd(x, b2, c22);
    a += aStep;
    b += bStep;
  }
  const floors = t.floors(), ldc = t.ldc, keeps = t.keeps, bias = t.bias, cols = t.cols, rows = t.rows;
  let c = t.c;
  put12(t, c, c00, c01, c02, floors, keeps, bias, cols);
  if (rows > 1) put12(t, c += ldc, c10, c11, c12, floors, keeps, bias, cols);
  if (rows > 2) put12(t, c += ldc, c20, c21, c22, floors, keeps, bias, cols);
}

/** Writes the first `cols` of 8 columns of a row. Reads of C and of the bias may run 28 bytes past the last column. */
@inline
export function put8(t: Tile, c: usize, x0: v128, x1: v128, floors: v128, keeps: u32, bias: usize, cols: u32): void {
  if (keeps != Keeps.Plain) {
    x0 = settled(t, x0, c, bias, floors, keeps);
    x1 = settled(t, x1, c + 16, bias + 16, floors, keeps);
  }
  if (cols >= 8) v128.store(c, x0), v128.store(c, x1, 16);
  else putSome(c, x0, x1, cols);
}

/** Writes t.rows rows of C, of t.cols columns (up to 16), from rows of sums in memory that are `step` bytes apart. */
export function putRows(t: Tile, sums: usize, step: usize): void {
  const floors = t.floors(), keeps = t.keeps, bias = t.bias, cols = t.cols, ldc = t.ldc;
  let c = t.c;
  for (let rows = t.rows; rows; rows--) {
    const x0 = v128.load(sums), x1 = v128.load(sums, 16), x2 = v128.load(sums, 32);
    if (cols > 12) {
      put8(t, c, x0, x1, floors, keeps, bias, 8);
      put8(t, c + 32, x2, v128.load(sums, 48), floors, keeps, bias + 32, cols - 8);
    } else if (cols > 8) put12(t, c, x0, x1, x2, floors, keeps, bias, cols);
    else put8(t, c, x0, x1, floors, keeps, bias, cols);
    c += ldc;
    sums += step;
  }
}

/** Writes the first `cols` of 12 columns of a row, 9 at least. */
@inline
function put12(t: Tile, c: usize, x0: v128, x1: v128, x2: v128, floors: v128, keeps: u32, bias: usize, cols: u32): void {
  if (keeps != Keeps.Plain) {
    x0 = settled(t, x0, c, bias, floors, keeps);
    x1 = settled(t, x1, c + 16, bias + 16, floors, keeps);
    x2 = settled(t, x2, c + 32, bias + 32, floors, keeps);
  }
  v128.store(c, x0);
  v128.store(c, x1, 16);
  putSome(c + 32, x2, x2, cols - 8);
}

/** Four finished elements of C. A floor of −∞ changes nothing; pmax lets a NaN through, which stands first. */
@inline
function settled(t: Tile, x: v128, c: usize, bias: usize, floors: v128, keeps: u32): v128 {
  if (keeps == Keeps.Some) x = madd(t.betas(), v128.load(c), x);
  return f32x4.pmax(f32x4.add(x, v128.load(bias)), floors);
}

/** Stores the first one to eight of eight lanes. */
function putSome(at: usize, x0: v128, x1: v128, lanes: u32): void {
  if (lanes >= 4) {
    v128.store(at, x0);
    x0 = x1;
    at += 16;
    lanes -= 4;
  }
  if (lanes > 0) v128.store32_lane(at, x0, 0);
  if (lanes > 1) v128.store32_lane(at, x0, 1, 4);
  if (lanes > 2) v128.store32_lane(at, x0, 2, 8);
  if (lanes > 3) v128.store32_lane(at, x0, 3, 12);
}
