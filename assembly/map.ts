/**
 * The loops of the elementwise kernels. An inlined functor F computes a vector: `v(x, r)` or `v(a, b, r)`, where r is what the
 * caller hands through: most often the kernel's record, from which F reads its parameters.
 *
 * A last vector of fewer than four elements is loaded and stored in part, but computed like any other. So an element has the
 * same bits wherever a range ends.
 */
import { storePair } from "./pairs";
import { scratch } from "./threads";

/**
 * An elementwise function of one operand.
 * @cost 0.25 @bytes 8 @inplace x
 */
@unmanaged
export class MapArgs {
  x: usize; // [n]
  out: usize; // [n], may be x
}

/**
 * The gradient of an elementwise function.
 * @cost 0.35 @bytes 12 @inplace g saved
 */
@unmanaged
export class GradientArgs {
  g: usize; // [n] gradient with respect to the output
  saved: usize; // [n] input or output of the function: each kernel says which
  out: usize; // [n] gradient with respect to the input, may be g
}

/**
 * Bytes that a step of the loops computes: four vectors, as two pairs. Compiled wide, a pair is one instruction of 256 bits. For that
 * its two loads and its two stores lie at offsets 16 apart from one address, both halves are computed before either is stored, and the
 * upper half is stored first.
 */
export const STEP: usize = 64;

/** out[i] = F(x[i]) for from ≤ i < to. */
@inline
export function map<F, R>(r: R, from: u32, to: u32): void {
  const at = <usize>from << 2;
  mapRow<F, R>(r, r.x + at, r.out + at, to - from);
}

/** out[i] = F(x[i]) for 0 ≤ i < n; out may be x. */
export function mapRow<F, R>(r: R, x: usize, out: usize, n: u32): void {
  const end = out + (<usize>n << 2);
  for (const steps = out + ((end - out) & ~(STEP - 1)); out < steps; x += STEP, out += STEP) {
    const first = changetype<F>(0).v(v128.load(x), r);
    const second = changetype<F>(0).v(v128.load(x, 16), r);
    const third = changetype<F>(0).v(v128.load(x, 32), r);
    const fourth = changetype<F>(0).v(v128.load(x, 48), r);
    storeStep(out, first, second, third, fourth);
  }
  for (; out < end; x += 16, out += 16) {
    const left = end - out;
    const y = changetype<F>(0).v(left < 16 ? loadFirst(x, left) : v128.load(x), r);
    if (left < 16) storeFirst(out, y, left);
    else v128.store(out, y);
  }
}

/** out[i] = F(a[i], b[i]) for from ≤ i < to. */
@inline
export function map2<F, R>(r: R, a: usize, b: usize, out: usize, from: u32, to: u32): void {
  const at = <usize>from << 2;
  mapRow2<F, R>(r, a + at, STEP, b + at, STEP, out + at, to - from);
}

/**
 * out[i] = F(a[i], b[i]) for 0 ≤ i < n. The operands advance by `advanceA` and `advanceB` at each step: by STEP, or by 0 where
 * the STEP bytes at the operand's address serve all steps.
 */
export function mapRow2<F, R>(r: R, a: usize, advanceA: usize, b: usize, advanceB: usize, out: usize, n: u32): void {
  const end = out + (<usize>n << 2);
  for (const steps = out + ((end - out) & ~(STEP - 1)); out < steps; a += advanceA, b += advanceB, out += STEP) {
    const first = changetype<F>(0).v(v128.load(a), v128.load(b), r);
    const second = changetype<F>(0).v(v128.load(a, 16), v128.load(b, 16), r);
    const third = changetype<F>(0).v(v128.load(a, 32), v128.load(b, 32), r);
    const fourth = changetype<F>(0).v(v128.load(a, 48), v128.load(b, 48), r);
    storeStep(out, first, second, third, fourth);
  }
  // What is left of short rows decides their speed, so that the last vector stands apart from whole ones.
  for (; end - out >= 16; a += advanceA >> 2, b += advanceB >> 2, out += 16) {
    v128.store(out, changetype<F>(0).v(v128.load(a), v128.load(b), r));
  }
  const left = end - out;
  if (left) storeFirst(out, changetype<F>(0).v(loadFirst(a, left), loadFirst(b, left), r), left);
}

/**
 * out[i] = F(a[i], b[i], c[i]) for 0 ≤ i < n, one pair at a time. The third operand advances by STEP for STEP bytes of the others, or by
 * 0, as those of `mapRow2` do.
 */
export function mapRow3<F, R>(r: R, a: usize, b: usize, c: usize, advanceC: usize, out: usize, n: u32): void {
  const end = out + (<usize>n << 2);
  for (const pairs = out + ((end - out) & ~31); out < pairs; a += 32, b += 32, c += advanceC >> 1, out += 32) {
    const first = changetype<F>(0).v(v128.load(a), v128.load(b), v128.load(c), r);
    const second = changetype<F>(0).v(v128.load(a, 16), v128.load(b, 16), v128.load(c, 16), r);
    storePair(out, first, second);
  }
  for (; out < end; a += 16, b += 16, c += advanceC >> 2, out += 16) {
    const left = end - out, last = left < 16;
    const x = last ? loadFirst(a, left) : v128.load(a), y = last ? loadFirst(b, left) : v128.load(b);
    const z = changetype<F>(0).v(x, y, last ? loadFirst(c, left) : v128.load(c), r);
    if (last) storeFirst(out, z, left);
    else v128.store(out, z);
  }
}

/** Stores the vectors of a step. */
@inline
export function storeStep(out: usize, first: v128, second: v128, third: v128, fourth: v128): void {
  v128.store(out, second, 16);
  v128.store(out, first);
  v128.store(out, fourth, 48);
  v128.store(out, third, 32);
}

/** out[i] = F(g[i], saved[i]) for from ≤ i < to. */
@inline
export function mapGradient<F, R>(r: R, from: u32, to: u32): void {
  map2<F, R>(r, r.g, r.saved, r.out, from, to);
}

/*
 * The same in steps of one pair, for functions of many intermediate values. Of two pairs some would be kept on the stack. Where one of
 * these, compiled wide, lies across two pages of memory, which depends on how deep the call is, the loop takes three times as long.
 */

/** out[i] = F(x[i]) for from ≤ i < to. */
@inline
export function mapByPair<F, R>(r: R, from: u32, to: u32): void {
  const at = <usize>from << 2;
  mapRowByPair<F, R>(r, r.x + at, r.out + at, to - from);
}

/** out[i] = F(x[i]) for 0 ≤ i < n; out may be x. */
export function mapRowByPair<F, R>(r: R, x: usize, out: usize, n: u32): void {
  const end = out + (<usize>n << 2);
  for (const pairs = out + ((end - out) & ~31); out < pairs; x += 32, out += 32) {
    const first = changetype<F>(0).v(v128.load(x), r);
    const second = changetype<F>(0).v(v128.load(x, 16), r);
    v128.store(out, second, 16);
    v128.store(out, first);
  }
  for (; out < end; x += 16, out += 16) {
    const left = end - out;
    const y = changetype<F>(0).v(left < 16 ? loadFirst(x, left) : v128.load(x), r);
    if (left < 16) storeFirst(out, y, left);
    else v128.store(out, y);
  }
}

/** out[i] = F(a[i], b[i]) for from ≤ i < to. */
export function map2ByPair<F, R>(r: R, a: usize, b: usize, out: usize, from: u32, to: u32): void {
  const end = out + (<usize>to << 2);
  a += <usize>from << 2;
  b += <usize>from << 2;
  out += <usize>from << 2;
  for (const pairs = out + ((end - out) & ~31); out < pairs; a += 32, b += 32, out += 32) {
    const first = changetype<F>(0).v(v128.load(a), v128.load(b), r);
    const second = changetype<F>(0).v(v128.load(a, 16), v128.load(b, 16), r);
    v128.store(out, second, 16);
    v128.store(out, first);
  }
  for (; out < end; a += 16, b += 16, out += 16) {
    const left = end - out;
    const last = left < 16;
    const y = changetype<F>(0).v(last ? loadFirst(a, left) : v128.load(a), last ? loadFirst(b, left) : v128.load(b), r);
    if (last) storeFirst(out, y, left);
    else v128.store(out, y);
  }
}

/** out[i] = F(g[i], saved[i]) for from ≤ i < to. */
@inline
export function mapGradientByPair<F, R>(r: R, from: u32, to: u32): void {
  map2ByPair<F, R>(r, r.g, r.saved, r.out, from, to);
}

/** Whether a bit is set in the vectors of a step. They go through memory, because only what is stored is computed in pairs. */
@inline
export function anyInStep(first: v128, second: v128, third: v128, fourth: v128): bool {
  const at = scratch();
  storeStep(at, first, second, third, fourth);
  return v128.any_true(v128.or(v128.or(v128.load(at), v128.load(at, 16)), v128.or(v128.load(at, 32), v128.load(at, 48))));
}

/** A vector that begins with the 4, 8 or 12 bytes at p. */
export function loadFirst(p: usize, bytes: usize): v128 {
  if (bytes < 8) return v128.load32_zero(p);
  const y = v128.load64_zero(p);
  return bytes == 12 ? v128.load_lane<f32>(p, y, 2, 8) : y;
}

/** Stores the first 4, 8 or 12 bytes of y. */
export function storeFirst(out: usize, y: v128, bytes: usize): void {
  if (bytes < 8) {
    v128.store_lane<f32>(out, y, 0);
    return;
  }
  v128.store_lane<f64>(out, y, 0);
  if (bytes == 12) v128.store_lane<f32>(out, y, 2, 8);
}
