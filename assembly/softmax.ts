/**
 * Softmax and its logarithm along rows, and their gradients. The range of every kernel here counts rows. An output may be one of
 * its inputs. The row's maximum is subtracted first, so that no exponential overflows. Elements of −∞ get probability 0. A row that
 * holds ∞ or NaN, or only −∞, becomes NaN, as in PyTorch.
 */
import { extremeOfRow, Max } from "./extremes";
import { addPairs, firstLanes, foldRow } from "./fold";
import { halves } from "./foldScratch";
import { STEP, storeFirst, storeStep } from "./map";
import { math } from "./math";
import { logOf, Sum, SumExpOfNegative } from "./reduce";
import { nmadd } from "./simd";

/** @cost 10 + columns @bytes 8 * columns */
@unmanaged
export class SoftmaxArgs {
  x: usize; // [rows, columns]
  out: usize; // [rows, columns]
  columns: u32; // elements of a row
}

/** @cost 10 + 0.6 * columns @bytes 12 * columns */
@unmanaged
export class SoftmaxGradArgs {
  y: usize; // [rows, columns], the output of the forward kernel
  g: usize; // [rows, columns], the upstream gradient
  out: usize; // [rows, columns], the gradient of x
  columns: u32; // elements of a row
}

/** Σ x · y, rounded to float32 product by product. */
@unmanaged
@final
export class Dot {
  @inline start(): f64 { return 0; }
  @inline pairwise(): u32 { return 8; }
  @inline two(): bool { return true; }
  @inline shifted(): bool { return false; }
  @inline term(x: v128, y: v128, shift: v128): v128 { return f32x4.mul(x, y); }
  @inline step(sum: v128, term: v128, shift: v128): v128 { return f64x2.add(sum, term); }
  @inline merge(a: f64, b: f64): f64 { return a + b; }
}

/** x · a */
@unmanaged
@final
export class Scale {
  @inline v(x: v128, y: usize, a: v128, b: v128): v128 { return f32x4.mul(x, a); }
}

/** (x − a) − b. The maximum a is subtracted first: a + b could lose digits of the logarithm b, which is small. */
@unmanaged
@final
class LogProbability {
  @inline v(x: v128, y: usize, a: v128, b: v128): v128 { return f32x4.sub(f32x4.sub(x, a), b); }
}

/** exp(x − a) · b, where a is at least x */
@unmanaged
@final
export class ScaledExp {
  @inline v(x: v128, y: usize, a: v128, b: v128): v128 { return f32x4.mul(math.expOfNegative(f32x4.sub(x, a)), b); }
}

/** x · (y − a) */
@unmanaged
@final
export class SoftmaxGrad {
  @inline v(x: v128, y: usize, a: v128, b: v128): v128 { return f32x4.mul(x, f32x4.sub(v128.load(y), a)); }
}

/** y − exp(x) · a */
@unmanaged
@final
class LogSoftmaxGrad {
  @inline v(x: v128, y: usize, a: v128, b: v128): v128 { return nmadd(math.exp(x), a, v128.load(y)); }
}

/**
 * out = F(x, y) along n contiguous elements, y by its address. a and b are constants of the row, which `map` has not: they change too
 * often to go through memory.
 */
export function mapRowWith<F>(x: usize, y: usize, out: usize, n: u32, a: f32, b: f32): void {
  const f = changetype<F>(0), end = out + (<usize>n << 2), vectors = out + (<usize>(n & ~3) << 2);
  const va = f32x4.splat(a), vb = f32x4.splat(b);
  for (const steps = out + (<usize>(n & ~15) << 2); out < steps; x += STEP, y += STEP, out += STEP) {
    const first = f.v(v128.load(x), y, va, vb), second = f.v(v128.load(x, 16), y + 16, va, vb);
    const third = f.v(v128.load(x, 32), y + 32, va, vb), fourth = f.v(v128.load(x, 48), y + 48, va, vb);
    storeStep(out, first, second, third, fourth);
  }
  // What is left of a row is all of a row of ten classes, so that it gets a pair as well.
  if (out + 32 <= end) {
    const first = f.v(v128.load(x), y, va, vb), second = f.v(v128.load(x, 16), y + 16, va, vb);
    v128.store(out, second, 16);
    v128.store(out, first);
    x += 32, y += 32, out += 32;
  }
  if (out < vectors) {
    v128.store(out, f.v(v128.load(x), y, va, vb));
    x += 16, y += 16, out += 16;
  }
  if (out < end) storeFirst(out, f.v(v128.load(x), y, va, vb), end - out);
}

/** Pairs of vectors that are summed in float32: few, for the error's sake, but not so few that the rest of the sum would cost more. */
export const PAIRS: u32 = 8;

/**
 * out = exp(x − maximum) along n contiguous elements. Sixteen exponentials are summed in float32, those of even and of odd vectors side
 * by side, so that V8 packs them. The relative error of that is at most 8 · 2⁻²⁴; the rest of the sum is in float64.
 * @returns the sum
 */
export function storeExp(x: usize, out: usize, n: u32, maximum: f32): f64 {
  const m = f32x4.splat(maximum), pair = halves(), end = out + (<usize>n << 2), pairs = out + (<usize>(n & ~7) << 2);
  let sum = f64x2.splat(0);
  while (out < pairs) {
    let a = f32x4.splat(0), b = a;
    for (const block = min(pairs, out + 32 * PAIRS); out < block; x += 32, out += 32) {
      const y = expOf(v128.load(x), m), z = expOf(v128.load(x, 16), m);
      v128.store(out, z, 16), v128.store(out, y);
      a = f32x4.add(a, y), b = f32x4.add(b, z);
    }
    v128.store(pair, b, 16), v128.store(pair, a);
    sum = addPairs(sum, f32x4.add(v128.load(pair), v128.load(pair, 16)));
  }
  for (; out < end; x += 16, out += 16) {
    const y = expOf(v128.load(x), m), left = end - out;
    if (left < 16) storeFirst(out, y, left);
    else v128.store(out, y);
    sum = addPairs(sum, left < 16 ? v128.and(y, firstLanes(left >> 2)) : y);
  }
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

@inline
function expOf(x: v128, maximum: v128): v128 { return math.expOfNegative(f32x4.sub(x, maximum)); }

/** y = exp(x − max x) / Σ exp(x − max x); range: rows. */
export function softmaxRows(r: SoftmaxArgs, from: u32, to: u32): void {
  const n = r.columns, row = <usize>n << 2;
  for (let i = from; i < to; i++) {
    const x = r.x + row * i, out = r.out + row * i, sum = storeExp(x, out, n, extremeOfRow<Max>(x, n));
    mapRowWith<Scale>(out, 0, out, n, <f32>(1 / sum), 0);
  }
}

/** y = x − max x − log Σ exp(x − max x); range: rows. */
export function logSoftmaxRows(r: SoftmaxArgs, from: u32, to: u32): void {
  const n = r.columns, row = <usize>n << 2;
  for (let i = from; i < to; i++) {
    const x = r.x + row * i, maximum = extremeOfRow<Max>(x, n), sum = foldRow<SumExpOfNegative>(x, 0, n, maximum);
    mapRowWith<LogProbability>(x, 0, r.out + row * i, n, maximum, logOf(sum));
  }
}

/** dx = y · (g − Σ g · y); range: rows. */
export function softmaxRowsGrad(r: SoftmaxGradArgs, from: u32, to: u32): void {
  const n = r.columns, row = <usize>n << 2;
  for (let i = from; i < to; i++) {
    const y = r.y + row * i, g = r.g + row * i;
    mapRowWith<SoftmaxGrad>(y, g, r.out + row * i, n, <f32>foldRow<Dot>(g, y, n, 0), 0);
  }
}

/** dx = g − exp(y) · Σ g; range: rows. */
export function logSoftmaxRowsGrad(r: SoftmaxGradArgs, from: u32, to: u32): void {
  const n = r.columns, row = <usize>n << 2;
  for (let i = from; i < to; i++) {
    const y = r.y + row * i, g = r.g + row * i;
    mapRowWith<LogSoftmaxGrad>(y, g, r.out + row * i, n, <f32>foldRow<Sum>(g, 0, n, 0), 0);
  }
}
