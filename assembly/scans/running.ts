/**
 * Running results along the middle axis of a view [outer, reduced, inner]. Ranges count lanes, of which there are outer · inner. Each
 * element needs the one before it.
 */
import { blockLength, lane } from "../fold";
import { math } from "../math";
import { scratch } from "../threads";

const ONE = memory.data<f64>([1]);

/** @bytes 8 * reduced */
@unmanaged
export class RunningArgs {
  x: usize; // [outer, reduced, inner]
  out: usize; // [outer, reduced, inner], float32 or int32
  reduced: u32; // extent of the axis
  inner: u32; // elements between two neighbours along it
}

/** @cost 5 + 2.5 * reduced @bytes 12 * reduced */
@unmanaged
export class LinearScanArgs {
  x: usize; // [outer, reduced, inner] factors
  b: usize; // [outer, reduced, inner] terms, or 0 for none
  out: usize; // [outer, reduced, inner]; may be x or b
  reduced: u32; // extent of the axis
  inner: u32; // elements between two neighbours along it
  reverse: u32; // 0: from the first element on; 1: from the last one back
}

/**
 * yᵢ = xᵢ · yᵢ₋₁ + bᵢ in float64, beginning with y₀ = b₀. Without terms, yᵢ = xᵢ · yᵢ₋₁ with y₀ = x₀: running products.
 * @narrow
 */
export function linearScan(r: LinearScanArgs, from: u32, to: u32): void {
  const stride = <usize>r.inner << 2;
  // In reverse the step is negative: adding it wraps around 2³², as intended.
  const step = r.reverse ? 0 - stride : stride, skip = r.reverse ? stride * (r.reduced - 1) : 0;
  for (let first = from, count: u32 = 0; first < to; first += count) {
    // Rows are walked one at a time, columns side by side: their neighbours share lines of the cache.
    count = r.inner == 1 ? 1 : blockLength(first, to, r.inner);
    const x = lane(r.x, first, r.reduced, r.inner) + skip;
    if (r.inner == 1) scanRow(x, r.b ? x + (r.b - r.x) : 0, x + (r.out - r.x), r.reduced, step);
    else scanColumns(r, x, <usize>count << 2, step);
  }
}

function scanRow(x: usize, b: usize, out: usize, n: u32, step: usize): void {
  let y: f64 = load<f32>(b ? b : x);
  store<f32>(out, <f32>y);
  for (let i: u32 = 1; i < n; i++) {
    x += step;
    out += step;
    y *= load<f32>(x);
    if (b) y += load<f32>(b += step);
    store<f32>(out, <f32>y);
  }
}

/** The results of the row before are kept in float64. */
function scanColumns(r: LinearScanArgs, x: usize, bytes: usize, step: usize): void {
  const results = scratch(), toTerm = r.b - r.x, toOut = r.out - r.x;
  for (let i: u32 = 0; i < r.reduced; i++, x += step) {
    for (let p: usize = 0; p < bytes; p += 4) {
      let y: f64 = load<f32>(r.b && i == 0 ? x + p + toTerm : x + p);
      if (i > 0) {
        y *= load<f64>(results + (p << 1));
        if (r.b) y += load<f32>(x + p + toTerm);
      }
      store<f64>(results + (p << 1), y);
      store<f32>(x + p + toOut, <f32>y);
    }
  }
}

/** Where the greatest element so far stands, the last of equals; a NaN before all. @cost 5 + 1.5 * reduced @narrow */
export function cummax(r: RunningArgs, from: u32, to: u32): void {
  positions(r, from, to, 1);
}

/** Where the least element so far stands, the last of equals; a NaN before all. @cost 5 + 1.5 * reduced @narrow */
export function cummin(r: RunningArgs, from: u32, to: u32): void {
  positions(r, from, to, -1);
}

/** Positions of the extremes so far: of the greatest for sign = 1, of the least for −1. */
function positions(r: RunningArgs, from: u32, to: u32, sign: f32): void {
  for (let first = from, count: u32 = 0; first < to; first += count) {
    count = r.inner == 1 ? 1 : blockLength(first, to, r.inner);
    const x = lane(r.x, first, r.reduced, r.inner), out = x + (r.out - r.x);
    if (r.inner == 1) positionsInRow(x, out, r.reduced, sign);
    else positionsInColumns(x, out, r.reduced, <usize>r.inner << 2, <usize>count << 2, sign);
  }
}

/** Whether an element is the new extreme. Nothing is greater or equal beside NaN, so that a NaN stays until the next one. */
@inline
function wins(value: f32, best: f32): bool {
  return value >= best || value != value;
}

function positionsInRow(x: usize, out: usize, n: u32, sign: f32): void {
  let best = sign * load<f32>(x), at: u32 = 0;
  for (let i: u32 = 0; i < n; i++, x += 4, out += 4) {
    const value = sign * load<f32>(x);
    if (wins(value, best)) {
      best = value;
      at = i;
    }
    store<u32>(out, at);
  }
}

/** The positions of the row before stand in `out`, the extremes in scratch. */
function positionsInColumns(x: usize, out: usize, n: u32, stride: usize, bytes: usize, sign: f32): void {
  const best = scratch();
  for (let i: u32 = 0; i < n; i++, x += stride, out += stride) {
    for (let p: usize = 0; p < bytes; p += 4) {
      const value = sign * load<f32>(x + p), won = i == 0 || wins(value, load<f32>(best + p));
      if (won) store<f32>(best + p, value);
      store<u32>(out + p, won ? i : load<u32>(out + p - stride));
    }
  }
}

/**
 * ln Σ eˣ of the elements so far, as m + ln s with their maximum m. The sum s of e^(x − m) is kept in float64 and scaled anew where the
 * maximum grows. Four lanes at a time; where fewer are left, the last one is computed more than once.
 * @cost 5 + 12 * reduced @narrow
 */
export function logCumSumExp(r: RunningArgs, from: u32, to: u32): void {
  const stride = <usize>r.inner << 2, toOut = r.out - r.x;
  for (let u = from; u < to; u += 4) {
    let p0 = lane(r.x, u, r.reduced, r.inner), p1 = lane(r.x, min(u + 1, to - 1), r.reduced, r.inner);
    let p2 = lane(r.x, min(u + 2, to - 1), r.reduced, r.inner), p3 = lane(r.x, min(u + 3, to - 1), r.reduced, r.inner);
    let most = f32x4.splat(-Infinity), low = f64x2.splat(0), high = f64x2.splat(0);
    for (let i: u32 = 0; i < r.reduced; i++, p0 += stride, p1 += stride, p2 += stride, p3 += stride) {
      let x = v128.load32_zero(p0);
      x = v128.load_lane<f32>(p1, x, 1);
      x = v128.load_lane<f32>(p2, x, 2);
      x = v128.load_lane<f32>(p3, x, 3);
      const distance = v128.andnot(f32x4.abs(f32x4.sub(x, most)), f32x4.eq(x, most)); // between equal infinities it is 0
      const e = math.exp(f32x4.neg(distance)), grows = f32x4.gt(x, most);
      low = grown(low, f64x2.promote_low_f32x4(e), i64x2.extend_low_i32x4_s(grows));
      high = grown(high, f64x2.promote_low_f32x4(i64x2.shuffle(e, e, 1, 1)), i64x2.extend_high_i32x4_s(grows));
      most = f32x4.pmax(most, x);
      const sum = i64x2.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
      const y = f32x4.add(most, math.log(sum));
      v128.store_lane<f32>(p0 + toOut, y, 0);
      v128.store_lane<f32>(p1 + toOut, y, 1);
      v128.store_lane<f32>(p2 + toOut, y, 2);
      v128.store_lane<f32>(p3 + toOut, y, 3);
    }
  }
}

/** The sum with another term: e, or 1 where the term is the new maximum, to which the sum is scaled by e. */
@inline
function grown(sum: v128, e: v128, grows: v128): v128 {
  const one = v128.load64_splat(ONE);
  return v128.bitselect(f64x2.add(f64x2.mul(sum, e), one), f64x2.add(sum, e), grows);
}
