/**
 * The micro-kernels of convolutions. What micro.ts and microWide.ts say of registers, inlining and packing by V8 holds here too.
 *
 * A tile has a few rows and a strip of 8 or 16 columns:
 *
 *     c[R, j] = plus[R, j] + Σ x[row R + step k] · b[k, j]     over k
 *
 * B is packed. The elements of A are gathered: each is at the sum of an offset for its row and one for its step. The windows of an image
 * need no more than that. In the output, rows are positions and steps are channels and taps; in the gradient of the weight, rows are
 * channels and taps, and steps are positions. So patches are never copied.
 *
 * An element is one chain of `madd` over k in order, and `plus` is added last. All rows of a tile are computed: what `rows` and `c` are
 * followed by must be offsets and memory of the caller's own, for TALL − 1 rows.
 */
import { TALL } from "../micro";
import { madd } from "../simd";

/** Bytes from row to row of c: 16 columns, of which a tile of 8 leaves half. */
export const SUMS_STEP: usize = 64;

/** A tile of 6 × 8, or 5 × 8 without fused multiply-add. @param plusStep bytes from row to row of `plus`; 0 = one for all */
export function gather8(c: usize, plus: usize, plusStep: usize, x: usize, rows: usize, steps: usize, b: usize, k: u32): void {
  const a0 = x + load<u32>(rows), a1 = x + load<u32>(rows, 4), a2 = x + load<u32>(rows, 8), a3 = x + load<u32>(rows, 12);
  const a4 = x + load<u32>(rows, 16), a5 = TALL > 5 ? x + load<u32>(rows, 20) : a4;
  const zero = f32x4.splat(0);
  let c00 = zero, c01 = zero;
  let c10 = zero, c11 = zero;
  let c20 = zero, c21 = zero;
  let c30 = zero, c31 = zero;
  let c40 = zero, c41 = zero;
  let c50 = zero, c51 = zero;
  for (const end = steps + (k << 2); steps < end; steps += 4) {
    const p = load<u32>(steps), b0 = v128.load(b), b1 = v128.load(b, 16);
    let y: v128;
    y = v128.load32_splat(a0 + p), c00 = madd(y, b0, c00), c01 = madd(y, b1, c01);
    y = v128.load32_splat(a1 + p), c10 = madd(y, b0, c10), c11 = madd(y, b1, c11);
    y = v128.load32_splat(a2 + p), c20 = madd(y, b0, c20), c21 = madd(y, b1, c21);
    y = v128.load32_splat(a3 + p), c30 = madd(y, b0, c30), c31 = madd(y, b1, c31);
    y = v128.load32_splat(a4 + p), c40 = madd(y, b0, c40), c41 = madd(y, b1, c41);
    if (TALL > 5) y = v128.load32_splat(a5 + p), c50 = madd(y, b0, c50), c51 = madd(y, b1, c51);
    b += 32;
  }
  let f = plus;
  c00 = f32x4.add(c00, v128.load(f)), c01 = f32x4.add(c01, v128.load(f, 16)), f += plusStep;
  c10 = f32x4.add(c10, v128.load(f)), c11 = f32x4.add(c11, v128.load(f, 16)), f += plusStep;
  c20 = f32x4.add(c20, v128.load(f)), c21 = f32x4.add(c21, v128.load(f, 16)), f += plusStep;
  c30 = f32x4.add(c30, v128.load(f)), c31 = f32x4.add(c31, v128.load(f, 16)), f += plusStep;
  c40 = f32x4.add(c40, v128.load(f)), c41 = f32x4.add(c41, v128.load(f, 16)), f += plusStep;
  if (TALL > 5) c50 = f32x4.add(c50, v128.load(f)), c51 = f32x4.add(c51, v128.load(f, 16));
  if (TALL > 5) v128.store(c, c51, 5 * SUMS_STEP + 16), v128.store(c, c50, 5 * SUMS_STEP);
  v128.store(c, c41, 4 * SUMS_STEP + 16), v128.store(c, c40, 4 * SUMS_STEP);
  v128.store(c, c31, 3 * SUMS_STEP + 16), v128.store(c, c30, 3 * SUMS_STEP);
  v128.store(c, c21, 2 * SUMS_STEP + 16), v128.store(c, c20, 2 * SUMS_STEP);
  v128.store(c, c11, SUMS_STEP + 16), v128.store(c, c10, SUMS_STEP);
  v128.store(c, c01, 16), v128.store(c, c00);
}

/** A tile of 6 × 16, or 5 × 16 without fused multiply-add, where pairs of vectors are one instruction. */
export function gather16(c: usize, plus: usize, plusStep: usize, x: usize, rows: usize, steps: usize, b: usize, k: u32): void {
  const a0 = x + load<u32>(rows), a1 = x + load<u32>(rows, 4), a2 = x + load<u32>(rows, 8), a3 = x + load<u32>(rows, 12);
  const a4 = x + load<u32>(rows, 16), a5 = TALL > 5 ? x + load<u32>(rows, 20) : a4;
  const zero = f32x4.splat(0);
  let c00 = zero, c01 = zero, c02 = zero, c03 = zero;
  let c10 = zero, c11 = zero, c12 = zero, c13 = zero;
  let c20 = zero, c21 = zero, c22 = zero, c23 = zero;
  let c30 = zero, c31 = zero, c32 = zero, c33 = zero;
  let c40 = zero, c41 = zero, c42 = zero, c43 = zero;
  let c50 = zero, c51 = zero, c52 = zero, c53 = zero;
  for (const end = steps + (k << 2); steps < end; steps += 4) {
    const p = load<u32>(steps), b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(b, 32), b3 = v128.load(b, 48);
    let y: v128;
    y = v128.load32_splat(a0 + p), c00 = madd(y, b0, c00), c01 = madd(y, b1, c01), c02 = madd(y, b2, c02), c03 = madd(y, b3, c03);
    y = v128.load32_splat(a1 + p), c10 = madd(y, b0, c10), c11 = madd(y, b1, c11), c12 = madd(y, b2, c12), c13 = madd(y, b3, c13);
    y = v128.load32_splat(a2 + p), c20 = madd(y, b0, c20), c21 = madd(y, b1, c21), c22 = madd(y, b2, c22), c23 = madd(y, b3, c23);
    y = v128.load32_splat(a3 + p), c30 = madd(y, b0, c30), c31 = madd(y, b1, c31), c32 = madd(y, b2, c32), c33 = madd(y, b3, c33);
    y = v128.load32_splat(a4 + p), c40 = madd(y, b0, c40), c41 = madd(y, b1, c41), c42 = madd(y, b2, c42), c43 = madd(y, b3, c43);
    if (TALL > 5) {
      y = v128.load32_splat(a5 + p), c50 = madd(y, b0, c50), c51 = madd(y, b1, c51), c52 = madd(y, b2, c52), c53 = madd(y, b3, c53);
    }
    b += 64;
  }
  let f = plus;
  c00 = f32x4.add(c00, v128.load(f)), c01 = f32x4.add(c01, v128.load(f, 16));
  c02 = f32x4.add(c02, v128.load(f, 32)), c03 = f32x4.add(c03, v128.load(f, 48)), f += plusStep;
  c10 = f32x4.add(c10, v128.load(f)), c11 = f32x4.add(c11, v128.load(f, 16));
  c12 = f32x4.add(c12, v128.load(f, 32)), c13 = f32x4.add(c13, v128.load(f, 48)), f += plusStep;
  c20 = f32x4.add(c20, v128.load(f)), c21 = f32x4.add(c21, v128.load(f, 16));
  c22 = f32x4.add(c22, v128.load(f, 32)), c23 = f32x4.add(c23, v128.load(f, 48)), f += plusStep;
  c30 = f32x4.add(c30, v128.load(f)), c31 = f32x4.add(c31, v128.load(f, 16));
  c32 = f32x4.add(c32, v128.load(f, 32)), c33 = f32x4.add(c33, v128.load(f, 48)), f += plusStep;
  c40 = f32x4.add(c40, v128.load(f)), c41 = f32x4.add(c41, v128.load(f, 16));
  c42 = f32x4.add(c42, v128.load(f, 32)), c43 = f32x4.add(c43, v128.load(f, 48)), f += plusStep;
  if (TALL > 5) c50 = f32x4.add(c50, v128.load(f)), c51 = f32x4.add(c51, v128.load(f, 16));
  if (TALL > 5) c52 = f32x4.add(c52, v128.load(f, 32)), c53 = f32x4.add(c53, v128.load(f, 48));
  if (TALL > 5) put16(c + 5 * SUMS_STEP, c50, c51, c52, c53);
  put16(c + 4 * SUMS_STEP, c40, c41, c42, c43);
  put16(c + 3 * SUMS_STEP, c30, c31, c32, c33);
  put16(c + 2 * SUMS_STEP, c20, c21, c22, c23);
  put16(c + SUMS_STEP, c10, c11, c12, c13);
  put16(c, c00, c01, c02, c03);
}

@inline
function put16(c: usize, x0: v128, x1: v128, x2: v128, x3: v128): void {
  v128.store(c, x3, 48), v128.store(c, x2, 32), v128.store(c, x1, 16), v128.store(c, x0);
}
