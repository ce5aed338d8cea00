/**
 * The common parts of batch and layer normalisation. Both compute x̂ = (x − mean) · s with s = 1 / √(variance + ε). With h the
 * gradient with respect to x̂, up to factors that are constant in a channel or row, both gradients are
 *
 *   dx = a · h + b + c · (x − mean)
 *
 * for whose coefficients gradSums.ts has the sums. A functor A computes h from the upstream gradient: `grad(g, other)`, where `other`
 * are the same four elements of another array, if it reads one: `reads()`.
 *
 * `normalizeRow` and `normalizeColumns` apply a functor F to contiguous elements or to columns. F computes an element from up to three
 * arrays and four coefficients: `v(x, second, third, m, a, b, c)`, where `second()` and `third()` say whether it reads the arrays behind
 * x. Vectors are computed in pairs, both before either is stored, so that an engine may do the two in one wide instruction.
 */
import { afterFolds, BLOCK } from "./foldScratch";
import { STEP, storeFirst, storeStep } from "./map";
import { storePair } from "./pairs";
import { madd } from "./simd";

/** No activation: h = g. */
@unmanaged
@final
export class Plain {
  @inline v(y: v128): v128 { return y; }
  @inline reads(): bool { return false; }
  @inline grad(g: v128, other: v128): v128 { return g; }
}

/** ReLU behind the normalisation. `other` is its output; h = g where it is above 0, else 0. */
@unmanaged
@final
export class Relu {
  // pmax lets a NaN through where y stands first.
  @inline v(y: v128): v128 { return f32x4.pmax(y, f32x4.splat(0)); }
  @inline reads(): bool { return true; }
  @inline grad(g: v128, other: v128): v128 { return v128.andnot(g, f32x4.le(other, f32x4.splat(0))); }
}

/** A weight of x̂ for each element. `other` is the weight; h = g · weight. */
@unmanaged
@final
export class Weighted {
  @inline reads(): bool { return true; }
  @inline grad(g: v128, other: v128): v128 { return f32x4.mul(g, other); }
}

/** Σ (x − shift)², squared in float32. */
@unmanaged
@final
export class SquaredDeviations {
  @inline start(): f64 { return 0; }
  @inline pairwise(): u32 { return 16; }
  @inline two(): bool { return false; }
  @inline shifted(): bool { return true; }
  @inline term(x: v128, y: v128, shift: v128): v128 {
    const d = f32x4.sub(x, shift);
    return f32x4.mul(d, d);
  }
  @inline step(sum: v128, term: v128, shift: v128): v128 { return f64x2.add(sum, term); }
  @inline merge(a: f64, b: f64): f64 { return a + b; }
}

/** The gradient dx of g, x, and what A reads. */
@unmanaged
@final
export class InputGradient<A> {
  @inline second(): bool { return true; }
  @inline third(): bool { return changetype<A>(0).reads(); }
  @inline v(g: v128, x: v128, other: v128, m: v128, a: v128, b: v128, c: v128): v128 {
    return madd(a, changetype<A>(0).grad(g, other), madd(c, f32x4.sub(x, m), b));
  }
}

/** y = x̂ · weight + bias, where a is s · weight and b is the bias. */
@unmanaged
@final
export class Scaled<A> {
  @inline second(): bool { return false; }
  @inline third(): bool { return false; }
  @inline v(x: v128, second: v128, third: v128, m: v128, a: v128, b: v128, c: v128): v128 {
    return changetype<A>(0).v(madd(f32x4.sub(x, m), a, b));
  }
}

/** Eight vectors of a weight or of a bias that is absent. */
export const ONES = memory.data<f32>([
  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
]);
export const ZEROS = memory.data<f32>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);

/** Rows that a loop over columns takes together, so that a column's coefficients are loaded once for all of them. */
export const GROUP: u32 = 8;

/** Bytes from one coefficient of a column to the next. */
export const NEXT: usize = <usize>BLOCK << 2;

/** Address of the coefficients m, a, b, c of a block of columns, float32 [4, BLOCK], in scratch behind what folds use. */
@inline
export function coefficients(): usize {
  return afterFolds();
}

/**
 * out = F along n contiguous elements. At each step of STEP bytes the arrays behind x advance by `advanceSecond` and `advanceThird`: by
 * STEP, or by 0 where the STEP bytes at their address serve all steps.
 */
export function normalizeRow<F>(
  x: usize, second: usize, advanceSecond: usize, third: usize, advanceThird: usize, out: usize, n: u32, m: v128, a: v128, b: v128, c: v128,
): void {
  const f = changetype<F>(0), end = out + (<usize>n << 2);
  for (const steps = out + ((end - out) & ~(STEP - 1)); out < steps; x += STEP, out += STEP) {
    const x0 = v128.load(x), x1 = v128.load(x, 16), x2 = v128.load(x, 32), x3 = v128.load(x, 48);
    let y0 = x0, y1 = x1, y2 = x2, y3 = x3, z0 = x0, z1 = x1, z2 = x2, z3 = x3;
    if (f.second()) y0 = v128.load(second), y1 = v128.load(second, 16), y2 = v128.load(second, 32), y3 = v128.load(second, 48);
    if (f.third()) z0 = v128.load(third), z1 = v128.load(third, 16), z2 = v128.load(third, 32), z3 = v128.load(third, 48);
    const first = f.v(x0, y0, z0, m, a, b, c), next = f.v(x1, y1, z1, m, a, b, c);
    storeStep(out, first, next, f.v(x2, y2, z2, m, a, b, c), f.v(x3, y3, z3, m, a, b, c));
    second += advanceSecond;
    third += advanceThird;
  }
  for (; out < end; x += 16, out += 16, second += advanceSecond >> 2, third += advanceThird >> 2) {
    const x0 = v128.load(x), y0 = f.second() ? v128.load(second) : x0, z0 = f.third() ? v128.load(third) : x0;
    storeUpTo(out, f.v(x0, y0, z0, m, a, b, c), end - out);
  }
}

/** out = F of adjacent columns of `width` bytes, over rows that are `stride` bytes apart, by the coefficients in scratch. */
export function normalizeColumns<F>(x: usize, second: usize, third: usize, out: usize, rows: u32, stride: usize, width: usize): void {
  const f = changetype<F>(0), toSecond = second - x, toThird = third - x, toOut = out - x, pairs = width & ~31;
  for (; rows; x += stride << 3) {
    const group = min(rows, GROUP), last = stride * group;
    rows -= group;
    let p = x, k = coefficients();
    for (const end = x + pairs; p < end; p += 32, k += 32) {
      const m = v128.load(k), a = v128.load(k, NEXT), b = v128.load(k, 2 * NEXT), c = v128.load(k, 3 * NEXT);
      const n = v128.load(k, 16), d = v128.load(k, NEXT + 16), e = v128.load(k, 2 * NEXT + 16), g = v128.load(k, 3 * NEXT + 16);
      for (let q = p, end = p + last; q < end; q += stride) {
        const x0 = v128.load(q), x1 = v128.load(q, 16), second = q + toSecond, third = q + toThird, out = q + toOut;
        let y0 = x0, y1 = x1, z0 = x0, z1 = x1;
        if (f.second()) y0 = v128.load(second), y1 = v128.load(second, 16);
        if (f.third()) z0 = v128.load(third), z1 = v128.load(third, 16);
        const o0 = f.v(x0, y0, z0, m, a, b, c), o1 = f.v(x1, y1, z1, n, d, e, g);
        storePair(out, o0, o1);
      }
    }
    for (const end = x + width; p < end; p += 16, k += 16) {
      const m = v128.load(k), a = v128.load(k, NEXT), b = v128.load(k, 2 * NEXT), c = v128.load(k, 3 * NEXT), left = end - p;
      for (let q = p, end = p + last; q < end; q += stride) {
        const x0 = v128.load(q), y0 = f.second() ? v128.load(q + toSecond) : x0, z0 = f.third() ? v128.load(q + toThird) : x0;
        storeUpTo(q + toOut, f.v(x0, y0, z0, m, a, b, c), left);
      }
    }
  }
}

/** out = beta · out + y for the first `width` bytes of two arrays. Beta 0 takes nothing of out, whose old content may be NaN. */
export function addInto(out: usize, y: usize, beta: f32, width: usize): void {
  const factor = f32x4.splat(beta), fresh = f32x4.eq(factor, f32x4.splat(0)), end = out + width;
  for (const pairs = out + (width & ~31); out < pairs; out += 32, y += 32) {
    const y0 = v128.load(y), y1 = v128.load(y, 16);
    const low = v128.bitselect(y0, madd(factor, v128.load(out), y0), fresh);
    storePair(out, low, v128.bitselect(y1, madd(factor, v128.load(out, 16), y1), fresh));
  }
  for (; out < end; out += 16, y += 16) {
    const y0 = v128.load(y);
    storeUpTo(out, v128.bitselect(y0, madd(factor, v128.load(out), y0), fresh), end - out);
  }
}

/** Stores four elements, or as many as `bytes` hold. */
@inline
export function storeUpTo(out: usize, y: v128, bytes: usize): void {
  if (bytes < 16) storeFirst(out, y, bytes);
  else v128.store(out, y);
}

/** out = x for `width` bytes of float32, of which x holds float64. Both are padded to whole vectors. */
export function narrow(out: usize, x: usize, width: usize): void {
  for (const end = out + width; out < end; out += 16, x += 32) {
    v128.store(out, i64x2.shuffle(f32x4.demote_f64x2_zero(v128.load(x)), f32x4.demote_f64x2_zero(v128.load(x, 16)), 0, 2));
  }
}
