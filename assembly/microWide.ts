/**
 * The micro-kernels of GEMM where pairs of vectors are one instruction of 256 bits: tiles of 16 columns, and one of 8 for the last
 * columns. They take the place of those in micro.ts and give the same bits: accumulator `cRV` holds row R, columns 4V to 4V + 3, and
 * is one chain of `madd` over k in order.
 *
 * V8 has 15 registers to give, of 256 bits here. With fused multiply-add a row needs one for its element of A, beside two for the
 * strip of B, so that 12 pairs of accumulators (6 × 16) fit; without it 10 pairs (5 × 16).
 *
 * V8 packs upwards from pairs of stores whose halves do the same things in the same basic blocks. So nothing here branches between
 * rows or columns. What becomes of the sums is settled for the whole tile, then all rows are stored. Rows past the last one repeat
 * it. A tile of fewer columns goes to memory of the caller's own, from which only what exists is copied.
 *
 * One kernel serves rows of A in place, a panel of A, and Aᵀ in place: row R of step k is at `a + R · aRow + k · aStep`.
 */
import { Keeps, SHORT, TALL, Tile } from "./micro";
import { madd } from "./simd";

/** A tile of 6 × 16; 5 × 16 without fused multiply-add. */
export function wideTall(t: Tile, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, k: u32): void {
  tile16<Tall>(t, a, aRow, aStep, b, bStep, k);
}

/** A tile of 4 × 16. */
export function wideShort(t: Tile, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, k: u32): void {
  tile16<Short>(t, a, aRow, aStep, b, bStep, k);
}

/** A tile of 6 × 8; 5 × 8 without fused multiply-add. Fewer rows would take the same time, that of waiting for multiply-adds. */
export function wideHalf(t: Tile, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, k: u32): void {
  const rows = t.rows;
  const a0 = a, a1 = rows > 1 ? a0 + aRow : a0, a2 = rows > 2 ? a1 + aRow : a1;
  const a3 = rows > 3 ? a2 + aRow : a2, a4 = rows > 4 ? a3 + aRow : a3, a5 = rows > 5 ? a4 + aRow : a4;
  const zero = f32x4.splat(0);
  let c00 = zero, c01 = zero;
  let c10 = zero, c11 = zero;
  let c20 = zero, c21 = zero;
  let c30 = zero, c31 = zero;
  let c40 = zero, c41 = zero;
  let c50 = zero, c51 = zero;
  for (let p: usize = 0, end = k * aStep; p < end; p += aStep) {
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
  const ldc = t.ldc, keeps = t.keeps, bias = t.bias;
  const d0 = t.c, d1 = rows > 1 ? d0 + ldc : d0, d2 = rows > 2 ? d1 + ldc : d1;
  const d3 = rows > 3 ? d2 + ldc : d2, d4 = rows > 4 ? d3 + ldc : d3, d5 = rows > 5 ? d4 + ldc : d4;
  if (keeps == Keeps.Some) {
    const x = t.betas();
    c00 = madd(x, v128.load(d0), c00), c01 = madd(x, v128.load(d0, 16), c01);
    c10 = madd(x, v128.load(d1), c10), c11 = madd(x, v128.load(d1, 16), c11);
    c20 = madd(x, v128.load(d2), c20), c21 = madd(x, v128.load(d2, 16), c21);
    c30 = madd(x, v128.load(d3), c30), c31 = madd(x, v128.load(d3, 16), c31);
    c40 = madd(x, v128.load(d4), c40), c41 = madd(x, v128.load(d4, 16), c41);
    if (TALL > 5) c50 = madd(x, v128.load(d5), c50), c51 = madd(x, v128.load(d5, 16), c51);
  }
  if (keeps != Keeps.Plain) {
    const floors = t.floors();
    const y0 = v128.load(bias), y1 = v128.load(bias, 16);
    c00 = biased(c00, y0, floors), c01 = biased(c01, y1, floors);
    c10 = biased(c10, y0, floors), c11 = biased(c11, y1, floors);
    c20 = biased(c20, y0, floors), c21 = biased(c21, y1, floors);
    c30 = biased(c30, y0, floors), c31 = biased(c31, y1, floors);
    c40 = biased(c40, y0, floors), c41 = biased(c41, y1, floors);
    if (TALL > 5) c50 = biased(c50, y0, floors), c51 = biased(c51, y1, floors);
  }
  if (TALL > 5) v128.store(d5, c50), v128.store(d5, c51, 16);
  v128.store(d4, c40), v128.store(d4, c41, 16);
  v128.store(d3, c30), v128.store(d3, c31, 16);
  v128.store(d2, c20), v128.store(d2, c21, 16);
  v128.store(d1, c10), v128.store(d1, c11, 16);
  v128.store(d0, c00), v128.store(d0, c01, 16);
}

@unmanaged
@final
class Tall {
  @inline height(): u32 { return TALL; }
}

@unmanaged
@final
class Short {
  @inline height(): u32 { return SHORT; }
}

@inline
function tile16<H>(t: Tile, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, k: u32): void {
  const height = changetype<H>(0).height(), rows = t.rows;
  const a0 = a, a1 = rows > 1 ? a0 + aRow : a0, a2 = rows > 2 ? a1 + aRow : a1;
  const a3 = rows > 3 ? a2 + aRow : a2, a4 = rows > 4 ? a3 + aRow : a3, a5 = rows > 5 ? a4 + aRow : a4;
  const zero = f32x4.splat(0);
  let c00 = zero, c01 = zero, c02 = zero, c03 = zero;
  let c10 = zero, c11 = zero, c12 = zero, c13 = zero;
  let c20 = zero, c21 = zero, c22 = zero, c23 = zero;
  let c30 = zero, c31 = zero, c32 = zero, c33 = zero;
  let c40 = zero, c41 = zero, c42 = zero, c43 = zero;
  let c50 = zero, c51 = zero, c52 = zero, c53 = zero;
  for (let p: usize = 0, end = k * aStep; p < end; p += aStep) {
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(b, 32), b3 = v128.load(b, 48);
    let x: v128;
    x = v128.load32_splat(a0 + p), c00 = madd(x, b0, c00), c01 = madd(x, b1, c01), c02 = madd(x, b2, c02), c03 = madd(x, b3, c03);
    x = v128.load32_splat(a1 + p), c10 = madd(x, b0, c10), c11 = madd(x, b1, c11), c12 = madd(x, b2, c12), c13 = madd(x, b3, c13);
    x = v128.load32_splat(a2 + p), c20 = madd(x, b0, c20), c21 = madd(x, b1, c21), c22 = madd(x, b2, c22), c23 = madd(x, b3, c23);
    x = v128.load32_splat(a3 + p), c30 = madd(x, b0, c30), c31 = madd(x, b1, c31), c32 = madd(x, b2, c32), c33 = madd(x, b3, c33);
    if (height > 4) {
      x = v128.load32_splat(a4 + p), c40 = madd(x, b0, c40), c41 = madd(x, b1, c41), c42 = madd(x, b2, c42), c43 = madd(x, b3, c43);
    }
    if (height > 5) {
      x = v128.load32_splat(a5 + p), c50 = madd(x, b0, c50), c51 = madd(x, b1, c51), c52 = madd(x, b2, c52), c53 = madd(x, b3, c53);
    }
    b += bStep;
  }
  const ldc = t.ldc, keeps = t.keeps, bias = t.bias;
  const d0 = t.c, d1 = rows > 1 ? d0 + ldc : d0, d2 = rows > 2 ? d1 + ldc : d1;
  const d3 = rows > 3 ? d2 + ldc : d2, d4 = rows > 4 ? d3 + ldc : d3, d5 = rows > 5 ? d4 + ldc : d4;
  if (keeps == Keeps.Some) {
    const x = t.betas();
    c00 = madd(x, v128.load(d0), c00), c01 = madd(x, v128.load(d0, 16), c01);
    c02 = madd(x, v128.load(d0, 32), c02), c03 = madd(x, v128.load(d0, 48), c03);
    c10 = madd(x, v128.load(d1), c10), c11 = madd(x, v128.load(d1, 16), c11);
    c12 = madd(x, v128.load(d1, 32), c12), c13 = madd(x, v128.load(d1, 48), c13);
    c20 = madd(x, v128.load(d2), c20), c21 = madd(x, v128.load(d2, 16), c21);
    c22 = madd(x, v128.load(d2, 32), c22), c23 = madd(x, v128.load(d2, 48), c23);
    c30 = madd(x, v128.load(d3), c30), c31 = madd(x, v128.load(d3, 16), c31);
    c32 = madd(x, v128.load(d3, 32), c32), c33 = madd(x, v128.load(d3, 48), c33);
    if (height > 4) c40 = madd(x, v128.load(d4), c40), c41 = madd(x, v128.load(d4, 16), c41);
    if (height > 4) c42 = madd(x, v128.load(d4, 32), c42), c43 = madd(x, v128.load(d4, 48), c43);
    if (height > 5) c50 = madd(x, v128.load(d5), c50), c51 = madd(x, v128.load(d5, 16), c51);
    if (height > 5) c52 = madd(x, v128.load(d5, 32), c52), c53 = madd(x, v128.load(d5, 48), c53);
  }
  if (keeps != Keeps.Plain) {
    const floors = t.floors();
    const y0 = v128.load(bias), y1 = v128.load(bias, 16), y2 = v128.load(bias, 32), y3 = v128.load(bias, 48);
    c00 = biased(c00, y0, floors), c01 = biased(c01, y1, floors), c02 = biased(c02, y2, floors), c03 = biased(c03, y3, floors);
    c10 = biased(c10, y0, floors), c11 = biased(c11, y1, floors), c12 = biased(c12, y2, floors), c13 = biased(c13, y3, floors);
    c20 = biased(c20, y0, floors), c21 = biased(c21, y1, floors), c22 = biased(c22, y2, floors), c23 = biased(c23, y3, floors);
    c30 = biased(c30, y0, floors), c31 = biased(c31, y1, floors), c32 = biased(c32, y2, floors), c33 = biased(c33, y3, floors);
    if (height > 4) {
      c40 = biased(c40, y0, floors), c41 = biased(c41, y1, floors), c42 = biased(c42, y2, floors), c43 = biased(c43, y3, floors);
    }
    if (height > 5) {
      c50 = biased(c50, y0, floors), c51 = biased(c51, y1, floors), c52 = biased(c52, y2, floors), c53 = biased(c53, y3, floors);
    }
  }
  if (height > 5) v128.store(d5, c50), v128.store(d5, c51, 16), v128.store(d5, c52, 32), v128.store(d5, c53, 48);
  if (height > 4) v128.store(d4, c40), v128.store(d4, c41, 16), v128.store(d4, c42, 32), v128.store(d4, c43, 48);
  v128.store(d3, c30), v128.store(d3, c31, 16), v128.store(d3, c32, 32), v128.store(d3, c33, 48);
  v128.store(d2, c20), v128.store(d2, c21, 16), v128.store(d2, c22, 32), v128.store(d2, c23, 48);
  v128.store(d1, c10), v128.store(d1, c11, 16), v128.store(d1, c12, 32), v128.store(d1, c13, 48);
  v128.store(d0, c00), v128.store(d0, c01, 16), v128.store(d0, c02, 32), v128.store(d0, c03, 48);
}

/** Sums with the bias. A floor of −∞ changes nothing; pmax lets a NaN through, which stands first. */
@inline
function biased(x: v128, bias: v128, floors: v128): v128 {
  return f32x4.pmax(f32x4.add(x, bias), floors);
}
