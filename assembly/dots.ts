/**
 * The micro-kernels of dot products, for few rows or few columns. A and Bᵀ are both contiguous along k, so that nothing need be packed.
 * Lane i of an accumulator sums the steps with k mod 4 = i; the steps past the last multiple of 4 go to lane 0. What micro.ts says
 * about inlining holds here too.
 */
import { Tile, put8 } from "./micro";
import { madd } from "./simd";

/** 2 × 5 dot products. */
export function dots(t: Tile, a: usize, lda: usize, b: usize, ldb: usize, k: u32): void {
  const rows = t.rows, cols = t.cols, zero = f32x4.splat(0);
  const a0 = a, a1 = rows > 1 ? a0 + lda : a0;
  const b0 = b, b1 = cols > 1 ? b0 + ldb : b0, b2 = cols > 2 ? b1 + ldb : b1;
  const b3 = cols > 3 ? b2 + ldb : b2, b4 = cols > 4 ? b3 + ldb : b3;
  let c00 = zero, c01 = zero, c02 = zero, c03 = zero, c04 = zero;
  let c10 = zero, c11 = zero, c12 = zero, c13 = zero, c14 = zero;
  let p: usize = 0;
  for (const whole = <usize>(k & ~3) << 2; p < whole; p += 16) {
    const x0 = v128.load(a0 + p), x1 = v128.load(a1 + p);
    let y: v128;
    y = v128.load(b0 + p), c00 = madd(x0, y, c00), c10 = madd(x1, y, c10);
    y = v128.load(b1 + p), c01 = madd(x0, y, c01), c11 = madd(x1, y, c11);
    y = v128.load(b2 + p), c02 = madd(x0, y, c02), c12 = madd(x1, y, c12);
    y = v128.load(b3 + p), c03 = madd(x0, y, c03), c13 = madd(x1, y, c13);
    y = v128.load(b4 + p), c04 = madd(x0, y, c04), c14 = madd(x1, y, c14);
  }
  for (const end = <usize>k << 2; p < end; p += 4) {
    const x0 = v128.load32_zero(a0 + p), x1 = v128.load32_zero(a1 + p);
    let y: v128;
    y = v128.load32_zero(b0 + p), c00 = madd(x0, y, c00), c10 = madd(x1, y, c10);
    y = v128.load32_zero(b1 + p), c01 = madd(x0, y, c01), c11 = madd(x1, y, c11);
    y = v128.load32_zero(b2 + p), c02 = madd(x0, y, c02), c12 = madd(x1, y, c12);
    y = v128.load32_zero(b3 + p), c03 = madd(x0, y, c03), c13 = madd(x1, y, c13);
    y = v128.load32_zero(b4 + p), c04 = madd(x0, y, c04), c14 = madd(x1, y, c14);
  }
  const floors = t.floors(), c = t.c, keeps = t.keeps, bias = t.bias;
  put8(t, c, acrossLanes(c00, c01, c02, c03), acrossLanes(c04, c04, c04, c04), floors, keeps, bias, cols);
  if (rows > 1) put8(t, c + t.ldc, acrossLanes(c10, c11, c12, c13), acrossLanes(c14, c14, c14, c14), floors, keeps, bias, cols);
}

/**
 * 4 × 5 dot products, for three or four rows. In pairs of instructions, rows 0 and 1 and rows 2 and 3 are the halves of a register,
 * so that this tile takes as many registers as 2 × 5 dot products of single instructions. `sums` is a place for 128 bytes: V8 packs
 * upwards from pairs of adjacent stores, and rows of C are not adjacent.
 */
export function dotsFour(t: Tile, a: usize, lda: usize, b: usize, ldb: usize, k: u32, sums: usize): void {
  const rows = t.rows, cols = t.cols, zero = f32x4.splat(0);
  const a0 = a, a1 = a0 + lda, a2 = a1 + lda, a3 = rows > 3 ? a2 + lda : a2;
  const b0 = b, b1 = cols > 1 ? b0 + ldb : b0, b2 = cols > 2 ? b1 + ldb : b1;
  const b3 = cols > 3 ? b2 + ldb : b2, b4 = cols > 4 ? b3 + ldb : b3;
  let c00 = zero, c01 = zero, c02 = zero, c03 = zero, c04 = zero;
  let c10 = zero, c11 = zero, c12 = zero, c13 = zero, c14 = zero;
  let c20 = zero, c21 = zero, c22 = zero, c23 = zero, c24 = zero;
  let c30 = zero, c31 = zero, c32 = zero, c33 = zero, c34 = zero;
  let p: usize = 0;
  for (const whole = <usize>(k & ~3) << 2; p < whole; p += 16) {
    const x0 = v128.load(a0 + p), x1 = v128.load(a1 + p), x2 = v128.load(a2 + p), x3 = v128.load(a3 + p);
    let y: v128;
    y = v128.load(b0 + p), c00 = madd(x0, y, c00), c10 = madd(x1, y, c10), c20 = madd(x2, y, c20), c30 = madd(x3, y, c30);
    y = v128.load(b1 + p), c01 = madd(x0, y, c01), c11 = madd(x1, y, c11), c21 = madd(x2, y, c21), c31 = madd(x3, y, c31);
    y = v128.load(b2 + p), c02 = madd(x0, y, c02), c12 = madd(x1, y, c12), c22 = madd(x2, y, c22), c32 = madd(x3, y, c32);
    y = v128.load(b3 + p), c03 = madd(x0, y, c03), c13 = madd(x1, y, c13), c23 = madd(x2, y, c23), c33 = madd(x3, y, c33);
    y = v128.load(b4 + p), c04 = madd(x0, y, c04), c14 = madd(x1, y, c14), c24 = madd(x2, y, c24), c34 = madd(x3, y, c34);
  }
  for (const end = <usize>k << 2; p < end; p += 4) {
    const x0 = v128.load32_zero(a0 + p), x1 = v128.load32_zero(a1 + p), x2 = v128.load32_zero(a2 + p), x3 = v128.load32_zero(a3 + p);
    let y: v128;
    y = v128.load32_zero(b0 + p), c00 = madd(x0, y, c00), c10 = madd(x1, y, c10), c20 = madd(x2, y, c20), c30 = madd(x3, y, c30);
    y = v128.load32_zero(b1 + p), c01 = madd(x0, y, c01), c11 = madd(x1, y, c11), c21 = madd(x2, y, c21), c31 = madd(x3, y, c31);
    y = v128.load32_zero(b2 + p), c02 = madd(x0, y, c02), c12 = madd(x1, y, c12), c22 = madd(x2, y, c22), c32 = madd(x3, y, c32);
    y = v128.load32_zero(b3 + p), c03 = madd(x0, y, c03), c13 = madd(x1, y, c13), c23 = madd(x2, y, c23), c33 = madd(x3, y, c33);
    y = v128.load32_zero(b4 + p), c04 = madd(x0, y, c04), c14 = madd(x1, y, c14), c24 = madd(x2, y, c24), c34 = madd(x3, y, c34);
  }
  storePair(sums, acrossLanes(c00, c01, c02, c03), acrossLanes(c10, c11, c12, c13));
  storePair(sums + 32, acrossLanes(c20, c21, c22, c23), acrossLanes(c30, c31, c32, c33));
  storePair(sums + 64, acrossLanes(c04, c04, c04, c04), acrossLanes(c14, c14, c14, c14));
  storePair(sums + 96, acrossLanes(c24, c24, c24, c24), acrossLanes(c34, c34, c34, c34));
  const floors = t.floors(), keeps = t.keeps, bias = t.bias, ldc = t.ldc;
  let c = t.c;
  for (const end = sums + (<usize>rows << 4); sums < end; sums += 16) {
    put8(t, c, v128.load(sums), v128.load(sums, 64), floors, keeps, bias, cols);
    c += ldc;
  }
}

/**
 * 1 × 8 dot products, each. The time of a single row is that of reading B from memory, so all registers hold
 * B, and one address serves two steps.
 */
export function dotsRow(t: Tile, a: usize, b: usize, ldb: usize, k: u32): void {
  const cols = t.cols, zero = f32x4.splat(0);
  const b0 = b, b1 = cols > 1 ? b0 + ldb : b0, b2 = cols > 2 ? b1 + ldb : b1, b3 = cols > 3 ? b2 + ldb : b2;
  const b4 = cols > 4 ? b3 + ldb : b3, b5 = cols > 5 ? b4 + ldb : b4, b6 = cols > 6 ? b5 + ldb : b5, b7 = cols > 7 ? b6 + ldb : b6;
  let c0 = zero, c1 = zero, c2 = zero, c3 = zero, c4 = zero, c5 = zero, c6 = zero, c7 = zero;
  let p: usize = 0;
  for (const pairs = <usize>(k & ~7) << 2; p < pairs; p += 32) {
    const x0 = v128.load(a + p), x1 = v128.load(a + p, 16);
    let at: usize;
    at = b0 + p, c0 = madd(x1, v128.load(at, 16), madd(x0, v128.load(at), c0));
    at = b1 + p, c1 = madd(x1, v128.load(at, 16), madd(x0, v128.load(at), c1));
    at = b2 + p, c2 = madd(x1, v128.load(at, 16), madd(x0, v128.load(at), c2));
    at = b3 + p, c3 = madd(x1, v128.load(at, 16), madd(x0, v128.load(at), c3));
    at = b4 + p, c4 = madd(x1, v128.load(at, 16), madd(x0, v128.load(at), c4));
    at = b5 + p, c5 = madd(x1, v128.load(at, 16), madd(x0, v128.load(at), c5));
    at = b6 + p, c6 = madd(x1, v128.load(at, 16), madd(x0, v128.load(at), c6));
    at = b7 + p, c7 = madd(x1, v128.load(at, 16), madd(x0, v128.load(at), c7));
  }
  if (k & 4) {
    const x = v128.load(a + p);
    c0 = madd(x, v128.load(b0 + p), c0), c1 = madd(x, v128.load(b1 + p), c1);
    c2 = madd(x, v128.load(b2 + p), c2), c3 = madd(x, v128.load(b3 + p), c3);
    c4 = madd(x, v128.load(b4 + p), c4), c5 = madd(x, v128.load(b5 + p), c5);
    c6 = madd(x, v128.load(b6 + p), c6), c7 = madd(x, v128.load(b7 + p), c7);
    p += 16;
  }
  for (const end = <usize>k << 2; p < end; p += 4) {
    const x = v128.load32_zero(a + p);
    c0 = madd(x, v128.load32_zero(b0 + p), c0), c1 = madd(x, v128.load32_zero(b1 + p), c1);
    c2 = madd(x, v128.load32_zero(b2 + p), c2), c3 = madd(x, v128.load32_zero(b3 + p), c3);
    c4 = madd(x, v128.load32_zero(b4 + p), c4), c5 = madd(x, v128.load32_zero(b5 + p), c5);
    c6 = madd(x, v128.load32_zero(b6 + p), c6), c7 = madd(x, v128.load32_zero(b7 + p), c7);
  }
  put8(t, t.c, acrossLanes(c0, c1, c2, c3), acrossLanes(c4, c5, c6, c7), t.floors(), t.keeps, t.bias, cols);
}

/** Lane i is the sum of the lanes of vector xi. */
@inline
function acrossLanes(x0: v128, x1: v128, x2: v128, x3: v128): v128 {
  const s01 = f32x4.add(i32x4.shuffle(x0, x1, 0, 4, 1, 5), i32x4.shuffle(x0, x1, 2, 6, 3, 7));
  const s23 = f32x4.add(i32x4.shuffle(x2, x3, 0, 4, 1, 5), i32x4.shuffle(x2, x3, 2, 6, 3, 7));
  return f32x4.add(i64x2.shuffle(s01, s23, 0, 2), i64x2.shuffle(s01, s23, 1, 3));
}

/** Two adjacent vectors. V8 counts a pair as a saving only if the store at the higher address comes first. */
@inline
function storePair(at: usize, x0: v128, x1: v128): void {
  v128.store(at, x1, 16);
  v128.store(at, x0);
}
