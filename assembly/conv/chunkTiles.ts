/**
 * The micro-kernels of convolutions of few filters. What micro.ts and microWide.ts say of registers, inlining and packing by V8 holds here
 * too.
 */
import { TALL } from "../micro";
import { storePair } from "../pairs";
import { madd } from "../simd";

/**
 * A tile whose rows are filters, and whose columns are eight positions side by side: their windows are read as vectors.
 *
 *     c[R, j] = max(bias[R] + Σ weight[k, R] · x[step k + j], floor)     over k
 *
 * The weights are packed, eight to a step. Rows are `cStep` bytes apart; all of TALL are written.
 */
export function chunk8(c: usize, cStep: usize, bias: usize, floor: f32, x: usize, steps: usize, weight: usize, k: u32): void {
  const zero = f32x4.splat(0), floors = f32x4.splat(floor);
  let c00 = zero, c01 = zero;
  let c10 = zero, c11 = zero;
  let c20 = zero, c21 = zero;
  let c30 = zero, c31 = zero;
  let c40 = zero, c41 = zero;
  let c50 = zero, c51 = zero;
  for (const end = steps + (k << 2); steps < end; steps += 4) {
    const at = x + load<u32>(steps), b0 = v128.load(at), b1 = v128.load(at, 16);
    let y: v128;
    y = v128.load32_splat(weight), c00 = madd(y, b0, c00), c01 = madd(y, b1, c01);
    y = v128.load32_splat(weight, 4), c10 = madd(y, b0, c10), c11 = madd(y, b1, c11);
    y = v128.load32_splat(weight, 8), c20 = madd(y, b0, c20), c21 = madd(y, b1, c21);
    y = v128.load32_splat(weight, 12), c30 = madd(y, b0, c30), c31 = madd(y, b1, c31);
    y = v128.load32_splat(weight, 16), c40 = madd(y, b0, c40), c41 = madd(y, b1, c41);
    if (TALL > 5) y = v128.load32_splat(weight, 20), c50 = madd(y, b0, c50), c51 = madd(y, b1, c51);
    weight += 32;
  }
  const d1 = c + cStep, d2 = d1 + cStep, d3 = d2 + cStep, d4 = d3 + cStep, d5 = d4 + cStep;
  let y = v128.load32_splat(bias);
  c00 = f32x4.pmax(f32x4.add(c00, y), floors), c01 = f32x4.pmax(f32x4.add(c01, y), floors), y = v128.load32_splat(bias, 4);
  c10 = f32x4.pmax(f32x4.add(c10, y), floors), c11 = f32x4.pmax(f32x4.add(c11, y), floors), y = v128.load32_splat(bias, 8);
  c20 = f32x4.pmax(f32x4.add(c20, y), floors), c21 = f32x4.pmax(f32x4.add(c21, y), floors), y = v128.load32_splat(bias, 12);
  c30 = f32x4.pmax(f32x4.add(c30, y), floors), c31 = f32x4.pmax(f32x4.add(c31, y), floors), y = v128.load32_splat(bias, 16);
  c40 = f32x4.pmax(f32x4.add(c40, y), floors), c41 = f32x4.pmax(f32x4.add(c41, y), floors), y = v128.load32_splat(bias, 20);
  if (TALL > 5) c50 = f32x4.pmax(f32x4.add(c50, y), floors), c51 = f32x4.pmax(f32x4.add(c51, y), floors);
  if (TALL > 5) storePair(d5, c50, c51);
  storePair(d4, c40, c41), storePair(d3, c30, c31), storePair(d2, c20, c21), storePair(d1, c10, c11), storePair(c, c00, c01);
}

/** Two such tiles at once, where pairs of vectors are one instruction. */
export function chunks16(
  c: usize, cStep: usize, d: usize, dStep: usize, bias: usize, floor: f32, x0: usize, x1: usize, steps: usize, weight: usize, k: u32,
): void {
  const zero = f32x4.splat(0), floors = f32x4.splat(floor);
  let c00 = zero, c01 = zero, c02 = zero, c03 = zero;
  let c10 = zero, c11 = zero, c12 = zero, c13 = zero;
  let c20 = zero, c21 = zero, c22 = zero, c23 = zero;
  let c30 = zero, c31 = zero, c32 = zero, c33 = zero;
  let c40 = zero, c41 = zero, c42 = zero, c43 = zero;
  let c50 = zero, c51 = zero, c52 = zero, c53 = zero;
  for (const end = steps + (k << 2); steps < end; steps += 4) {
    const p = load<u32>(steps), at0 = x0 + p, at1 = x1 + p;
    const b0 = v128.load(at0), b1 = v128.load(at0, 16), b2 = v128.load(at1), b3 = v128.load(at1, 16);
    let y: v128;
    y = v128.load32_splat(weight), c00 = madd(y, b0, c00), c01 = madd(y, b1, c01), c02 = madd(y, b2, c02), c03 = madd(y, b3, c03);
    y = v128.load32_splat(weight, 4), c10 = madd(y, b0, c10), c11 = madd(y, b1, c11), c12 = madd(y, b2, c12), c13 = madd(y, b3, c13);
    y = v128.load32_splat(weight, 8), c20 = madd(y, b0, c20), c21 = madd(y, b1, c21), c22 = madd(y, b2, c22), c23 = madd(y, b3, c23);
    y = v128.load32_splat(weight, 12), c30 = madd(y, b0, c30), c31 = madd(y, b1, c31), c32 = madd(y, b2, c32), c33 = madd(y, b3, c33);
    y = v128.load32_splat(weight, 16), c40 = madd(y, b0, c40), c41 = madd(y, b1, c41), c42 = madd(y, b2, c42), c43 = madd(y, b3, c43);
    if (TALL > 5) {
      y = v128.load32_splat(weight, 20), c50 = madd(y, b0, c50), c51 = madd(y, b1, c51), c52 = madd(y, b2, c52), c53 = madd(y, b3, c53);
    }
    weight += 32;
  }
  const p1 = c + cStep, p2 = p1 + cStep, p3 = p2 + cStep, p4 = p3 + cStep, p5 = p4 + cStep;
  const q1 = d + dStep, q2 = q1 + dStep, q3 = q2 + dStep, q4 = q3 + dStep, q5 = q4 + dStep;
  let y = v128.load32_splat(bias);
  c00 = f32x4.pmax(f32x4.add(c00, y), floors), c01 = f32x4.pmax(f32x4.add(c01, y), floors);
  c02 = f32x4.pmax(f32x4.add(c02, y), floors), c03 = f32x4.pmax(f32x4.add(c03, y), floors), y = v128.load32_splat(bias, 4);
  c10 = f32x4.pmax(f32x4.add(c10, y), floors), c11 = f32x4.pmax(f32x4.add(c11, y), floors);
  c12 = f32x4.pmax(f32x4.add(c12, y), floors), c13 = f32x4.pmax(f32x4.add(c13, y), floors), y = v128.load32_splat(bias, 8);
  c20 = f32x4.pmax(f32x4.add(c20, y), floors), c21 = f32x4.pmax(f32x4.add(c21, y), floors);
  c22 = f32x4.pmax(f32x4.add(c22, y), floors), c23 = f32x4.pmax(f32x4.add(c23, y), floors), y = v128.load32_splat(bias, 12);
  c30 = f32x4.pmax(f32x4.add(c30, y), floors), c31 = f32x4.pmax(f32x4.add(c31, y), floors);
  c32 = f32x4.pmax(f32x4.add(c32, y), floors), c33 = f32x4.pmax(f32x4.add(c33, y), floors), y = v128.load32_splat(bias, 16);
  c40 = f32x4.pmax(f32x4.add(c40, y), floors), c41 = f32x4.pmax(f32x4.add(c41, y), floors);
  c42 = f32x4.pmax(f32x4.add(c42, y), floors), c43 = f32x4.pmax(f32x4.add(c43, y), floors), y = v128.load32_splat(bias, 20);
  if (TALL > 5) c50 = f32x4.pmax(f32x4.add(c50, y), floors), c51 = f32x4.pmax(f32x4.add(c51, y), floors);
  if (TALL > 5) c52 = f32x4.pmax(f32x4.add(c52, y), floors), c53 = f32x4.pmax(f32x4.add(c53, y), floors);
  if (TALL > 5) storePair(q5, c52, c53), storePair(p5, c50, c51);
  storePair(q4, c42, c43), storePair(p4, c40, c41), storePair(q3, c32, c33), storePair(p3, c30, c31);
  storePair(q2, c22, c23), storePair(p2, c20, c21), storePair(q1, c12, c13), storePair(p1, c10, c11);
  storePair(d, c02, c03), storePair(c, c00, c01);
}
