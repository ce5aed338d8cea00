/**
 * The micro-kernels of dot products, for few rows or few columns. A and Bᵀ are both contiguous along k, so that nothing need be packed.
 * What micro.ts says about inlining holds here too.
 *
 * Every product is summed in eight lanes: lane i sums the steps with k mod 8 = i. The lower four lanes are one vector, and the upper
 * four another, so that V8 can pack the two to 256 bits. Of a last step of fewer than eight elements, eight are read, and those past
 * the end are cleared. So loads may run 28 bytes past a row of A or of Bᵀ.
 *
 * V8 packs upwards from pairs of adjacent stores. Therefore both halves, each summed over its lanes, are stored side by side at
 * address `sums`. They are added when they are read back.
 */
import { Tile, put8 } from "./micro";
import { storePair } from "./pairs";
import { madd } from "./simd";

/** 2 × 5 dot products, one half of the lanes after the other: the ten sums of a half fill the registers of 128 bits. @narrow */
export function dots(t: Tile, a: usize, lda: usize, b: usize, ldb: usize, k: u32, sums: usize): void {
  const rows = t.rows, cols = t.cols, whole = <usize>(k & ~7) << 2, zero = f32x4.splat(0);
  const a0 = a, a1 = rows > 1 ? a0 + lda : a0;
  const b0 = b, b1 = cols > 1 ? b0 + ldb : b0, b2 = cols > 2 ? b1 + ldb : b1;
  const b3 = cols > 3 ? b2 + ldb : b2, b4 = cols > 4 ? b3 + ldb : b3;
  for (let half: usize = 0; half < 32; half += 16) {
    let c00 = zero, c01 = zero, c02 = zero, c03 = zero, c04 = zero;
    let c10 = zero, c11 = zero, c12 = zero, c13 = zero, c14 = zero;
    let p = half;
    for (; p < whole; p += 32) {
      const x0 = v128.load(a0 + p), x1 = v128.load(a1 + p);
      let y: v128;
      y = v128.load(b0 + p), c00 = madd(x0, y, c00), c10 = madd(x1, y, c10);
      y = v128.load(b1 + p), c01 = madd(x0, y, c01), c11 = madd(x1, y, c11);
      y = v128.load(b2 + p), c02 = madd(x0, y, c02), c12 = madd(x1, y, c12);
      y = v128.load(b3 + p), c03 = madd(x0, y, c03), c13 = madd(x1, y, c13);
      y = v128.load(b4 + p), c04 = madd(x0, y, c04), c14 = madd(x1, y, c14);
    }
    if (k & 7) {
      const mask = v128.load(firstOf(k & 7) + half);
      const x0 = v128.and(v128.load(a0 + p), mask), x1 = v128.and(v128.load(a1 + p), mask);
      let y: v128;
      y = v128.and(v128.load(b0 + p), mask), c00 = madd(x0, y, c00), c10 = madd(x1, y, c10);
      y = v128.and(v128.load(b1 + p), mask), c01 = madd(x0, y, c01), c11 = madd(x1, y, c11);
      y = v128.and(v128.load(b2 + p), mask), c02 = madd(x0, y, c02), c12 = madd(x1, y, c12);
      y = v128.and(v128.load(b3 + p), mask), c03 = madd(x0, y, c03), c13 = madd(x1, y, c13);
      y = v128.and(v128.load(b4 + p), mask), c04 = madd(x0, y, c04), c14 = madd(x1, y, c14);
    }
    const at = sums + half;
    v128.store(at, acrossLanes(c00, c01, c02, c03));
    v128.store(at, acrossLanes(c10, c11, c12, c13), 32);
    v128.store(at, acrossLanes(c04, c14, c04, c14), 64);
  }
  putDots(t, sums);
}

/** 2 × 5 dot products, both halves of the lanes at once: the ten sums fill the registers of 256 bits. */
export function dotsWide(t: Tile, a: usize, lda: usize, b: usize, ldb: usize, k: u32, sums: usize): void {
  const rows = t.rows, cols = t.cols, zero = f32x4.splat(0);
  const a0 = a, a1 = rows > 1 ? a0 + lda : a0;
  const b0 = b, b1 = cols > 1 ? b0 + ldb : b0, b2 = cols > 2 ? b1 + ldb : b1;
  const b3 = cols > 3 ? b2 + ldb : b2, b4 = cols > 4 ? b3 + ldb : b3;
  let l00 = zero, l01 = zero, l02 = zero, l03 = zero, l04 = zero;
  let h00 = zero, h01 = zero, h02 = zero, h03 = zero, h04 = zero;
  let l10 = zero, l11 = zero, l12 = zero, l13 = zero, l14 = zero;
  let h10 = zero, h11 = zero, h12 = zero, h13 = zero, h14 = zero;
  let p: usize = 0;
  for (const whole = <usize>(k & ~7) << 2; p < whole; p += 32) {
    let at = a0 + p;
    const xl0 = v128.load(at), xh0 = v128.load(at, 16);
    at = a1 + p;
    const xl1 = v128.load(at), xh1 = v128.load(at, 16);
    let yl: v128, yh: v128;
    at = b0 + p, yl = v128.load(at), yh = v128.load(at, 16);
    l00 = madd(xl0, yl, l00), h00 = madd(xh0, yh, h00), l10 = madd(xl1, yl, l10), h10 = madd(xh1, yh, h10);
    at = b1 + p, yl = v128.load(at), yh = v128.load(at, 16);
    l01 = madd(xl0, yl, l01), h01 = madd(xh0, yh, h01), l11 = madd(xl1, yl, l11), h11 = madd(xh1, yh, h11);
    at = b2 + p, yl = v128.load(at), yh = v128.load(at, 16);
    l02 = madd(xl0, yl, l02), h02 = madd(xh0, yh, h02), l12 = madd(xl1, yl, l12), h12 = madd(xh1, yh, h12);
    at = b3 + p, yl = v128.load(at), yh = v128.load(at, 16);
    l03 = madd(xl0, yl, l03), h03 = madd(xh0, yh, h03), l13 = madd(xl1, yl, l13), h13 = madd(xh1, yh, h13);
    at = b4 + p, yl = v128.load(at), yh = v128.load(at, 16);
    l04 = madd(xl0, yl, l04), h04 = madd(xh0, yh, h04), l14 = madd(xl1, yl, l14), h14 = madd(xh1, yh, h14);
  }
  if (k & 7) {
    let at = firstOf(k & 7);
    const low = v128.load(at), high = v128.load(at, 16);
    at = a0 + p;
    const xl0 = v128.and(v128.load(at), low), xh0 = v128.and(v128.load(at, 16), high);
    at = a1 + p;
    const xl1 = v128.and(v128.load(at), low), xh1 = v128.and(v128.load(at, 16), high);
    let yl: v128, yh: v128;
    at = b0 + p, yl = v128.and(v128.load(at), low), yh = v128.and(v128.load(at, 16), high);
    l00 = madd(xl0, yl, l00), h00 = madd(xh0, yh, h00), l10 = madd(xl1, yl, l10), h10 = madd(xh1, yh, h10);
    at = b1 + p, yl = v128.and(v128.load(at), low), yh = v128.and(v128.load(at, 16), high);
    l01 = madd(xl0, yl, l01), h01 = madd(xh0, yh, h01), l11 = madd(xl1, yl, l11), h11 = madd(xh1, yh, h11);
    at = b2 + p, yl = v128.and(v128.load(at), low), yh = v128.and(v128.load(at, 16), high);
    l02 = madd(xl0, yl, l02), h02 = madd(xh0, yh, h02), l12 = madd(xl1, yl, l12), h12 = madd(xh1, yh, h12);
    at = b3 + p, yl = v128.and(v128.load(at), low), yh = v128.and(v128.load(at, 16), high);
    l03 = madd(xl0, yl, l03), h03 = madd(xh0, yh, h03), l13 = madd(xl1, yl, l13), h13 = madd(xh1, yh, h13);
    at = b4 + p, yl = v128.and(v128.load(at), low), yh = v128.and(v128.load(at, 16), high);
    l04 = madd(xl0, yl, l04), h04 = madd(xh0, yh, h04), l14 = madd(xl1, yl, l14), h14 = madd(xh1, yh, h14);
  }
  storePair(sums, acrossLanes(l00, l01, l02, l03), acrossLanes(h00, h01, h02, h03));
  storePair(sums + 32, acrossLanes(l10, l11, l12, l13), acrossLanes(h10, h11, h12, h13));
  storePair(sums + 64, acrossLanes(l04, l14, l04, l14), acrossLanes(h04, h14, h04, h14));
  putDots(t, sums);
}

/** Writes the 2 × 5 sums of products. */
@inline
function putDots(t: Tile, sums: usize): void {
  const floors = t.floors(), c = t.c, keeps = t.keeps, bias = t.bias, cols = t.cols;
  const fifth = bothHalves(sums + 64); // of rows 0 and 1
  put8(t, c, bothHalves(sums), fifth, floors, keeps, bias, cols);
  if (t.rows > 1) put8(t, c + t.ldc, bothHalves(sums + 32), i32x4.shuffle(fifth, fifth, 1, 1, 1, 1), floors, keeps, bias, cols);
}

/** 1 × 6 dot products. The time of a single row is that of reading B from memory, so all registers hold sums or B. */
export function dotsRow(t: Tile, a: usize, b: usize, ldb: usize, k: u32, sums: usize): void {
  const cols = t.cols, zero = f32x4.splat(0);
  const b0 = b, b1 = cols > 1 ? b0 + ldb : b0, b2 = cols > 2 ? b1 + ldb : b1;
  const b3 = cols > 3 ? b2 + ldb : b2, b4 = cols > 4 ? b3 + ldb : b3, b5 = cols > 5 ? b4 + ldb : b4;
  let l0 = zero, l1 = zero, l2 = zero, l3 = zero, l4 = zero, l5 = zero;
  let h0 = zero, h1 = zero, h2 = zero, h3 = zero, h4 = zero, h5 = zero;
  let p: usize = 0;
  for (const whole = <usize>(k & ~7) << 2; p < whole; p += 32) {
    let at = a + p;
    const xl = v128.load(at), xh = v128.load(at, 16);
    at = b0 + p, l0 = madd(xl, v128.load(at), l0), h0 = madd(xh, v128.load(at, 16), h0);
    at = b1 + p, l1 = madd(xl, v128.load(at), l1), h1 = madd(xh, v128.load(at, 16), h1);
    at = b2 + p, l2 = madd(xl, v128.load(at), l2), h2 = madd(xh, v128.load(at, 16), h2);
    at = b3 + p, l3 = madd(xl, v128.load(at), l3), h3 = madd(xh, v128.load(at, 16), h3);
    at = b4 + p, l4 = madd(xl, v128.load(at), l4), h4 = madd(xh, v128.load(at, 16), h4);
    at = b5 + p, l5 = madd(xl, v128.load(at), l5), h5 = madd(xh, v128.load(at, 16), h5);
  }
  if (k & 7) {
    let at = firstOf(k & 7);
    const low = v128.load(at), high = v128.load(at, 16);
    at = a + p;
    const xl = v128.and(v128.load(at), low), xh = v128.and(v128.load(at, 16), high);
    at = b0 + p, l0 = madd(xl, v128.and(v128.load(at), low), l0), h0 = madd(xh, v128.and(v128.load(at, 16), high), h0);
    at = b1 + p, l1 = madd(xl, v128.and(v128.load(at), low), l1), h1 = madd(xh, v128.and(v128.load(at, 16), high), h1);
    at = b2 + p, l2 = madd(xl, v128.and(v128.load(at), low), l2), h2 = madd(xh, v128.and(v128.load(at, 16), high), h2);
    at = b3 + p, l3 = madd(xl, v128.and(v128.load(at), low), l3), h3 = madd(xh, v128.and(v128.load(at, 16), high), h3);
    at = b4 + p, l4 = madd(xl, v128.and(v128.load(at), low), l4), h4 = madd(xh, v128.and(v128.load(at, 16), high), h4);
    at = b5 + p, l5 = madd(xl, v128.and(v128.load(at), low), l5), h5 = madd(xh, v128.and(v128.load(at, 16), high), h5);
  }
  storePair(sums, acrossLanes(l0, l1, l2, l3), acrossLanes(h0, h1, h2, h3));
  storePair(sums + 32, acrossLanes(l4, l5, l4, l5), acrossLanes(h4, h5, h4, h5));
  put8(t, t.c, bothHalves(sums), bothHalves(sums + 32), t.floors(), t.keeps, t.bias, cols);
}

/** Eight words that keep the first `n` elements of eight, and clear the others. */
@inline
function firstOf(n: u32): usize { return MASKS + 32 - (n << 2); }
const MASKS = memory.data<i32>([-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0]);

/** Lane i is the sum of the lanes of vector xi. */
@inline
function acrossLanes(x0: v128, x1: v128, x2: v128, x3: v128): v128 {
  const s01 = f32x4.add(i32x4.shuffle(x0, x1, 0, 4, 1, 5), i32x4.shuffle(x0, x1, 2, 6, 3, 7));
  const s23 = f32x4.add(i32x4.shuffle(x2, x3, 0, 4, 1, 5), i32x4.shuffle(x2, x3, 2, 6, 3, 7));
  return f32x4.add(i64x2.shuffle(s01, s23, 0, 2), i64x2.shuffle(s01, s23, 1, 3));
}

/** The sum of a pair. */
@inline
function bothHalves(at: usize): v128 { return f32x4.add(v128.load(at), v128.load(at, 16)); }
