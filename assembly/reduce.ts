/**
 * Reductions of a view [outer, reduced, inner] over its middle axis. The range of every kernel here counts outputs, outer · inner in
 * all, unless its comment says otherwise. `fold.ts` has the loops and their error bound; the functors below define the terms.
 */
import { blockLength, fold, foldRow, lane, ReduceArgs } from "./fold";
import { accumulators, shifts } from "./foldScratch";
import { extremes, Max, MaxAbs } from "./extremes";
import { math } from "./math";
import { scratch } from "./threads";

/** @cost 3 + 0.2 * reduced @flops reduced @bytes 4 * (reduced + 1) */
@unmanaged
export class SumArgs {
  x: usize; // [outer, reduced, inner]
  out: usize; // [outer, inner]
  reduced: u32; // extent of the reduced axis
  inner: u32; // elements between two neighbours along it
  divisor: f64; // 1 for a sum, `reduced` for a mean
  beta: f32; // 0 writes out, 1 adds to it
}

/** @cost 1100 @flops length / ceil(length / CHUNK) @bytes 4 * length / ceil(length / CHUNK) */
@unmanaged
export class SumChunksArgs {
  x: usize; // [length]
  out: usize; // float64 [ceil(length / CHUNK)], the sum of each chunk
  length: u32; // elements
}

@unmanaged
export class SumPartialsArgs {
  x: usize; // float64 [length]
  out: usize; // one element
  length: u32; // elements
  beta: f32; // 0 writes out, 1 adds to it
  divisor: f64; // 1 for a sum, the count of the elements summed for a mean
}

/** @cost 5 + 0.5 * reduced @bytes 4 * (reduced + 1) */
@unmanaged
export class VarianceArgs {
  x: usize; // [outer, reduced, inner]
  out: usize; // [outer, inner]
  mean: usize; // [outer, inner], written too; 0: not wanted
  reduced: u32; // extent of the reduced axis
  inner: u32; // elements between two neighbours along it
  correction: f32; // the divisor is reduced − correction: 0 biased, 1 unbiased
  root: u32; // 1: the standard deviation, which may fit into float32 where the variance does not
}

/** @cost 3 + 0.3 * reduced @bytes 4 * (reduced + 1) */
@unmanaged
export class NormArgs {
  x: usize; // [outer, reduced, inner]
  out: usize; // [outer, inner]
  reduced: u32; // extent of the reduced axis
  inner: u32; // elements between two neighbours along it
  p: f32; // order > 0, or Infinity
}

/** Σ x */
@unmanaged
@final
export class Sum {
  @inline start(): f64 { return 0; }
  @inline pairwise(): u32 { return 16; }
  @inline two(): bool { return false; }
  @inline shifted(): bool { return false; }
  @inline term(x: v128, y: v128, shift: v128): v128 { return x; }
  @inline step(sum: v128, term: v128, shift: v128): v128 { return f64x2.add(sum, term); }
  @inline merge(a: f64, b: f64): f64 { return a + b; }
}

/** F in float64 from the first term on. Sums of pairs in float32 may overflow where the whole sum does not. */
@unmanaged
@final
class Wide<F> {
  @inline start(): f64 { return changetype<F>(0).start(); }
  @inline pairwise(): u32 { return 1; }
  @inline two(): bool { return changetype<F>(0).two(); }
  @inline shifted(): bool { return false; }
  @inline term(x: v128, y: v128, shift: v128): v128 { return changetype<F>(0).term(x, y, shift); }
  @inline step(sum: v128, term: v128, shift: v128): v128 { return changetype<F>(0).step(sum, term, shift); }
  @inline merge(a: f64, b: f64): f64 { return changetype<F>(0).merge(a, b); }
}

/** Σ |x| */
@unmanaged
@final
class SumAbs {
  @inline start(): f64 { return 0; }
  @inline pairwise(): u32 { return 16; }
  @inline two(): bool { return false; }
  @inline shifted(): bool { return false; }
  @inline term(x: v128, y: v128, shift: v128): v128 { return f32x4.abs(x); }
  @inline step(sum: v128, term: v128, shift: v128): v128 { return f64x2.add(sum, term); }
  @inline merge(a: f64, b: f64): f64 { return a + b; }
}

/** Σ x², squared in float64: no overflow before the root. */
@unmanaged
@final
export class SumSquares {
  @inline start(): f64 { return 0; }
  @inline pairwise(): u32 { return 1; }
  @inline two(): bool { return false; }
  @inline shifted(): bool { return false; }
  @inline term(x: v128, y: v128, shift: v128): v128 { return x; }
  @inline step(sum: v128, term: v128, shift: v128): v128 { return f64x2.add(sum, f64x2.mul(term, term)); }
  @inline merge(a: f64, b: f64): f64 { return a + b; }
}

/** Σ (x − shift)² */
@unmanaged
@final
class SumDeviations {
  @inline start(): f64 { return 0; }
  @inline pairwise(): u32 { return 1; }
  @inline two(): bool { return false; }
  @inline shifted(): bool { return true; }
  @inline term(x: v128, y: v128, shift: v128): v128 { return x; }
  @inline step(sum: v128, term: v128, shift: v128): v128 {
    const d = f64x2.sub(term, shift);
    return f64x2.add(sum, f64x2.mul(d, d));
  }
  @inline merge(a: f64, b: f64): f64 { return a + b; }
}

/** Σ exp(x − shift) */
@unmanaged
@final
class SumExp {
  @inline start(): f64 { return 0; }
  @inline pairwise(): u32 { return 8; }
  @inline two(): bool { return false; }
  @inline shifted(): bool { return true; }
  @inline term(x: v128, y: v128, shift: v128): v128 { return math.exp(f32x4.sub(x, shift)); }
  @inline step(sum: v128, term: v128, shift: v128): v128 { return f64x2.add(sum, term); }
  @inline merge(a: f64, b: f64): f64 { return a + b; }
}

/** Σ exp(x − shift) of a shift that is at least x */
@unmanaged
@final
export class SumExpOfNegative {
  @inline start(): f64 { return 0; }
  @inline pairwise(): u32 { return 8; }
  @inline two(): bool { return false; }
  @inline shifted(): bool { return true; }
  @inline term(x: v128, y: v128, shift: v128): v128 { return math.expOfNegative(f32x4.sub(x, shift)); }
  @inline step(sum: v128, term: v128, shift: v128): v128 { return f64x2.add(sum, term); }
  @inline merge(a: f64, b: f64): f64 { return a + b; }
}

/** Σ |x|^shift = Σ exp(shift · log |x|) */
@unmanaged
@final
class SumPowers {
  @inline start(): f64 { return 0; }
  @inline pairwise(): u32 { return 1; }
  @inline two(): bool { return false; }
  @inline shifted(): bool { return true; }
  @inline term(x: v128, y: v128, shift: v128): v128 { return math.exp(f32x4.mul(shift, math.log(f32x4.abs(x)))); }
  @inline step(sum: v128, term: v128, shift: v128): v128 { return f64x2.add(sum, term); }
  @inline merge(a: f64, b: f64): f64 { return a + b; }
}

/** 1, loaded from memory, because V8 would rebuild an inline constant in every turn of a loop. */
const ONE = memory.data<f64>([1]);

/** Π x, in float64: partial products neither overflow nor vanish before the result does. */
@unmanaged
@final
class Product {
  @inline start(): f64 { return load<f64>(ONE); }
  @inline pairwise(): u32 { return 1; }
  @inline two(): bool { return false; }
  @inline shifted(): bool { return false; }
  @inline term(x: v128, y: v128, shift: v128): v128 { return x; }
  @inline step(product: v128, term: v128, shift: v128): v128 { return f64x2.mul(product, term); }
  @inline merge(a: f64, b: f64): f64 { return a * b; }
}

@inline
function accumulator(j: u32): f64 {
  return load<f64>(accumulators() + (<usize>j << 3));
}

@inline
function write(out: usize, i: u32, value: f64): void {
  store<f32>(out + (<usize>i << 2), <f32>value);
}

/** out = beta · out + value. Beta 0 does not read out, whose old content may be NaN. */
@inline
function writeOrAdd(out: usize, i: u32, value: f64, beta: f32): void {
  write(out, i, beta == 0 ? value : value + <f64>beta * load<f32>(out + (<usize>i << 2)));
}

/** The fold of a block by F, whose terms are summed in pairs: once more without them if an accumulator is not finite. */
function foldFinite<F>(x: usize, reduced: u32, inner: u32, first: u32, count: u32): void {
  fold<F>(x, reduced, inner, first, count);
  // Fewer terms are not summed in pairs.
  if (reduced < 8) return;
  let even = f64x2.splat(0), odd = even;
  // Accumulators behind the last one have sums of what lies behind the input. These must not decide: the fold without pairs rounds
  // otherwise.
  for (let j = count; (j & 3) != 0; j++) store<f64>(accumulators() + (<usize>j << 3), 0);
  for (let p = accumulators(), end = p + (<usize>count << 3); p < end; p += 32) {
    const a = v128.load(p), b = v128.load(p, 16);
    even = v128.or(even, f64x2.sub(a, a));
    odd = v128.or(odd, f64x2.sub(b, b));
  }
  if (v128.any_true(v128.or(even, odd))) fold<Wide<F>>(x, reduced, inner, first, count);
}

/** The fold of a row by F, whose terms are summed in pairs: once more without them if it is not finite. */
export function foldFiniteRow<F>(x: usize, y: usize, n: u32): f64 {
  const total = foldRow<F>(x, y, n, 0);
  return isFinite(total) ? total : foldRow<Wide<F>>(x, y, n, 0);
}

/** Sum or mean; range: outputs. */
export function sum(r: SumArgs, from: u32, to: u32): void {
  for (let first = from, count: u32 = 0; first < to; first += count) {
    count = blockLength(first, to, r.inner);
    foldFinite<Sum>(r.x, r.reduced, r.inner, first, count);
    writeQuotients(r.out + (<usize>first << 2), count, r.divisor, r.beta);
  }
}

/** accumulators = √(accumulators / divisor) */
function rootQuotients(count: u32, divisor: f64): void {
  const divisors = f64x2.splat(divisor);
  for (let p = accumulators(), end = p + (<usize>count << 3); p < end; p += 16) {
    v128.store(p, f64x2.sqrt(f64x2.div(v128.load(p), divisors)));
  }
}

/** out = beta · out + accumulators / divisor: as `writeOrAdd` does, four at a time. */
function writeQuotients(out: usize, count: u32, divisor: f64, beta: f32): void {
  const divisors = f64x2.splat(divisor), betas = f64x2.splat(beta), whole = count & ~3;
  let p = accumulators();
  for (const end = out + (<usize>whole << 2); out < end; out += 16, p += 32) {
    let low = f64x2.div(v128.load(p), divisors), high = f64x2.div(v128.load(p, 16), divisors);
    if (beta != 0) {
      low = f64x2.add(low, f64x2.mul(betas, f64x2.promote_low_f32x4(v128.load64_zero(out))));
      high = f64x2.add(high, f64x2.mul(betas, f64x2.promote_low_f32x4(v128.load64_zero(out, 8))));
    }
    v128.store(out, i64x2.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2));
  }
  for (let j = whole; j < count; j++) writeOrAdd(out, j - whole, accumulator(j) / divisor, beta);
}

/** The fewest elements of one sum that is computed in chunks, which threads can share. @host */
export const CHUNKED_FROM: u32 = 65536;
/** Elements of a chunk of a long sum. @host */
export const CHUNK: u32 = 8192;

/** First half of the sum of one long contiguous array: the float64 sums of its chunks of CHUNK. Range: chunks. */
export function sumChunks(r: SumChunksArgs, from: u32, to: u32): void {
  for (let i = from; i < to; i++) {
    const begin = i * CHUNK;
    store<f64>(r.out + (<usize>i << 3), foldFiniteRow<Sum>(r.x + (<usize>begin << 2), 0, min(CHUNK, r.length - begin)));
  }
}

/** Second half: adds the sums of the chunks in order. Range: 0 to 1. @alone @narrow */
export function sumPartials(r: SumPartialsArgs, from: u32, to: u32): void {
  let total: f64 = 0;
  for (let i: u32 = 0; i < r.length; i++) total += load<f64>(r.x + (<usize>i << 3));
  if (from < to) writeOrAdd(r.out, 0, total / r.divisor, r.beta);
}

/** Product; range: outputs. @narrow */
export function prod(r: ReduceArgs, from: u32, to: u32): void {
  for (let first = from, count: u32 = 0; first < to; first += count) {
    count = blockLength(first, to, r.inner);
    fold<Product>(r.x, r.reduced, r.inner, first, count);
    for (let j: u32 = 0; j < count; j++) write(r.out, first + j, accumulator(j));
  }
}

/** Variance in two passes (mean first, in float64), or its root, and the mean; range: outputs. */
export function variance(r: VarianceArgs, from: u32, to: u32): void {
  for (let first = from, count: u32 = 0; first < to; first += count) {
    count = blockLength(first, to, r.inner);
    foldFinite<Sum>(r.x, r.reduced, r.inner, first, count);
    for (let j: u32 = 0; j < count; j++) {
      const mean = accumulator(j) / r.reduced;
      store<f64>(shifts() + (<usize>j << 3), mean);
      if (r.mean) write(r.mean, first + j, mean);
    }
    fold<SumDeviations>(r.x, r.reduced, r.inner, first, count);
    // As in PyTorch, a divisor below zero counts as zero.
    const divisor = max(<f64>r.reduced - r.correction, 0);
    if (r.root) rootQuotients(count, divisor);
    writeQuotients(r.out + (<usize>first << 2), count, r.root ? 1 : divisor, 0);
  }
}

/** log Σ exp x = m + log Σ exp(x − m), m the maximum (0 where it is infinite); range: outputs. @cost 5 + reduced */
export function logSumExp(r: ReduceArgs, from: u32, to: u32): void {
  for (let first = from, count: u32 = 0; first < to; first += count) {
    count = blockLength(first, to, r.inner);
    extremes<Max>(r.x, r.reduced, r.inner, first, count);
    for (let j: u32 = 0; j < count; j++) {
      const maximum = load<f32>(scratch() + (<usize>j << 2));
      // ∞ − ∞ would be NaN, where the result is ∞ or −∞.
      store<f64>(shifts() + (<usize>j << 3), abs(maximum) == Infinity ? 0 : maximum);
    }
    fold<SumExp>(r.x, r.reduced, r.inner, first, count);
    for (let j: u32 = 0; j < count; j++) {
      write(r.out, first + j, load<f64>(shifts() + (<usize>j << 3)) + logOf(accumulator(j)));
    }
  }
}

/** (Σ |x|^p)^(1/p); p = ∞: max |x|. Range: outputs. */
export function norm(r: NormArgs, from: u32, to: u32): void {
  for (let first = from, count: u32 = 0; first < to; first += count) {
    count = blockLength(first, to, r.inner);
    if (r.p == Infinity) {
      extremes<MaxAbs>(r.x, r.reduced, r.inner, first, count);
      memory.copy(r.out + (<usize>first << 2), scratch(), <usize>count << 2);
    } else if (r.p == 1) {
      foldFinite<SumAbs>(r.x, r.reduced, r.inner, first, count);
      for (let j: u32 = 0; j < count; j++) write(r.out, first + j, accumulator(j));
    } else if (r.p == 2) {
      fold<SumSquares>(r.x, r.reduced, r.inner, first, count);
      for (let j: u32 = 0; j < count; j++) write(r.out, first + j, sqrt(accumulator(j)));
    } else {
      for (let j: u32 = 0; j < count; j++) store<f64>(shifts() + (<usize>j << 3), r.p);
      fold<SumPowers>(r.x, r.reduced, r.inner, first, count);
      for (let j: u32 = 0; j < count; j++) {
        const total = accumulator(j);
        write(r.out, first + j, total > LEAST && total < Infinity ? expOf(logOf(total) / r.p) : scaledNorm(r, first + j));
      }
    }
  }
}

/** Below this sum of powers some of them may have vanished in float32. */
const LEAST: f64 = 1e-30;

/** The norm of output i as m · (Σ (|x| / m)^p)^(1/p), m the greatest magnitude: where powers of x itself overflow or vanish. */
function scaledNorm(r: NormArgs, i: u32): f64 {
  const first = lane(r.x, i, r.reduced, r.inner), step = <usize>r.inner << 2, end = first + step * r.reduced;
  let greatest: f32 = 0, total: f64 = 0;
  for (let x = first; x < end; x += step) greatest = max(greatest, abs(load<f32>(x)));
  if (greatest == 0 || !isFinite(greatest)) return greatest;
  for (let x = first; x < end; x += step) total += expOf(r.p * logOf(<f64>abs(load<f32>(x)) / <f64>greatest));
  return <f64>greatest * expOf(logOf(total) / r.p);
}

/** log of one number, to float32. */
@inline
export function logOf(x: f64): f32 {
  return f32x4.extract_lane(math.log(f32x4.splat(<f32>x)), 0);
}

@inline
function expOf(x: f32): f32 {
  return f32x4.extract_lane(math.exp(f32x4.splat(x)), 0);
}
