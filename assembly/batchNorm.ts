/**
 * Batch normalisation of x [outer, channels, inner] over its outer and inner axes, with an optional ReLU behind it, and its
 * gradient. A channel has m = outer · inner values. With x̂ = (x − mean) · s, s = 1 / √(variance + ε), y = x̂ · weight + bias:
 *
 *   dbias = Σ g,  dweight = Σ g · x̂,  dx = weight · s · (g − dbias / m − x̂ · dweight / m)
 *
 * The range of every kernel counts channels. A channel is `outer` contiguous planes of `inner` elements. Where planes are small, a sample
 * is rather a row of columns, a channel being `inner` adjacent ones: rows are read a block of columns at a time, and what is known of a
 * channel is spread over its columns. Order of sums: see fold.ts and gradSums.ts; columns of a channel are added in their order.
 */
import { Activation } from "./epilogue";
import { fold, foldRow } from "./fold";
import { accumulators, BLOCK, shifts } from "./foldScratch";
import { columnSums, OfColumns, rowSums } from "./gradSums";
import { STEP } from "./map";
import {
  addInto, coefficients, InputGradient, narrow, NEXT, normalizeColumns, normalizeRow, ONES, Plain, Relu, Scaled, SquaredDeviations,
  storeUpTo, ZEROS,
} from "./normalize";
import { storePair } from "./pairs";
import { Sum } from "./reduce";
import { madd } from "./simd";

/** @cost 3 + 0.3 * outer * inner @bytes 8 * outer * inner */
@unmanaged
export class BatchNormArgs {
  x: usize; // [outer, channels, inner]
  weight: usize; // [channels], or 0: all 1
  bias: usize; // [channels], or 0: all 0
  out: usize; // [outer, channels, inner]
  saved: usize; // [2, channels], kept for the gradient: mean, s
  runningMean: usize; // [channels], or 0: none
  runningVar: usize; // [channels], or 0: none
  count: usize; // int32, number of batches so far, this one included; only read for a momentum below 0
  outer: u32; // samples
  channels: u32; // means and variances
  inner: u32; // values of a channel in a sample
  act: u32; // see Activation
  epsilon: f64; // ε
  momentum: f64; // weight of the new value in the running one; below 0: 1 / count, so that the running one is the mean of all
}

/** @cost 3 + 0.4 * outer * inner @bytes (act ? 16 : 12) * outer * inner */
@unmanaged
export class BatchNormGradArgs {
  g: usize; // [outer, channels, inner], the upstream gradient
  x: usize; // [outer, channels, inner]
  y: usize; // [outer, channels, inner], the output of the forward kernel; read for relu only
  weight: usize; // [channels], or 0: all 1
  saved: usize; // [2, channels], from the forward kernel
  out: usize; // [outer, channels, inner], the gradient of x; 0: not wanted
  weightGrad: usize; // [channels]; 0: not wanted
  biasGrad: usize; // [channels]; 0: not wanted
  outer: u32; // samples
  channels: u32; // means and variances
  inner: u32; // values of a channel in a sample
  act: u32; // see Activation
  training: u32; // 1: mean and variance are those of x, 0: constants
  weightBeta: f32; // 0 writes weightGrad, 1 adds to it
  biasBeta: f32; // 0 writes biasGrad, 1 adds to it
}

/** 1, loaded from memory, because V8 would rebuild an inline constant in every turn of a loop. */
const ONE = memory.data<f32>([1]);

/** Channels of a block where each is planes: one vector of statistics, and few enough to stay in the cache from pass to pass. */
const PLANES: u32 = 4;

/** The most elements of a plane that is read as columns. */
const SMALL_PLANE: u32 = 64;

/** The fewest samples for which that pays: statistics are spread over the columns once for all of them. */
const LEAST_ROWS: u32 = 4;

@inline
function areColumns(outer: u32, inner: u32): bool {
  return inner == 1 || (inner <= SMALL_PLANE && outer >= LEAST_ROWS);
}

@inline
function blockOf(left: u32, outer: u32, inner: u32): u32 {
  return min(left, areColumns(outer, inner) ? BLOCK / inner : PLANES);
}

/** Each of `count` float32 at p fills `inner` ones. From the last to the first, because what is written covers what was read. */
function spread(p: usize, count: u32, inner: u32): void {
  const width = <usize>inner << 2;
  for (let from = p + (<usize>count << 2), q = p + width * count; from > p; ) {
    const x = load<f32>((from -= 4)), end = q;
    q -= width;
    let to = q;
    for (const vectors = end - (width & 15); to < vectors; to += 16) v128.store(to, f32x4.splat(x));
    for (; to < end; to += 4) store<f32>(to, x);
  }
}

/** The same with float64. */
function spreadWide(p: usize, count: u32, inner: u32): void {
  const width = <usize>inner << 3;
  for (let from = p + (<usize>count << 3), q = p + width * count; from > p; ) {
    const x = load<f64>((from -= 8)), end = q;
    q -= width;
    for (let to = q; to < end; to += 8) store<f64>(to, x);
  }
}

/** A mean for each column. */
function spreadMeans(mean: usize, count: u32, inner: u32): usize {
  const means = coefficients();
  memory.copy(means, mean, <usize>count << 2);
  spread(means, count, inner);
  return means;
}

/** Each of `count` float64 at p becomes the sum of the `inner` ones of its columns. */
function gather(p: usize, count: u32, inner: u32): void {
  for (let to = p, end = p + (<usize>count << 3), q = p; to < end; to += 8) {
    let sum: f64 = 0;
    for (const last = q + (<usize>inner << 3); q < last; q += 8) sum += load<f64>(q);
    store<f64>(to, sum);
  }
}

/** Normalises by the statistics of x and updates the running statistics. */
export function batchNorm(r: BatchNormArgs, from: u32, to: u32): void {
  for (let first = from, count: u32 = 0; first < to; first += count) {
    count = blockOf(to - first, r.outer, r.inner);
    foldChannels<Sum>(r, first, count);
    means(r, first, count);
    foldChannels<SquaredDeviations>(r, first, count);
    variances(r, first, count);
    apply(r, first, count);
  }
}

/** Normalises by the running statistics, which do not change. */
export function batchNormEval(r: BatchNormArgs, from: u32, to: u32): void {
  for (let first = from, count: u32 = 0; first < to; first += count) {
    count = blockOf(to - first, r.outer, r.inner);
    const at = <usize>first << 2, end = at + (<usize>count << 2), saved = r.saved, toS = <usize>r.channels << 2;
    const one = v128.load32_splat(ONE), epsilon = f32x4.splat(<f32>r.epsilon);
    for (let p = at; p < end; p += 16) {
      storeUpTo(saved + p, v128.load(r.runningMean + p), end - p);
      storeUpTo(saved + toS + p, f32x4.div(one, f32x4.sqrt(f32x4.add(v128.load(r.runningVar + p), epsilon))), end - p);
    }
    apply(r, first, count);
  }
}

/** accumulators[j] = fold of channel first + j, by functor F. */
function foldChannels<F>(r: BatchNormArgs, first: u32, count: u32): void {
  if (areColumns(r.outer, r.inner)) return foldChannelsOfColumns<F>(r, first, count);
  const plane = <usize>r.inner << 2, sample = plane * r.channels;
  for (let j: u32 = 0; j < count; j++) {
    const shift = load<f64>(shifts() + (j << 3));
    let total: f64 = 0;
    for (let o: u32 = 0, x = r.x + plane * (first + j); o < r.outer; o++, x += sample) total += foldRow<F>(x, 0, r.inner, shift);
    store<f64>(accumulators() + (j << 3), total);
  }
}

function foldChannelsOfColumns<F>(r: BatchNormArgs, first: u32, count: u32): void {
  const inner = r.inner, columns = r.channels * inner, exact = shifts();
  if (inner == 1) return fold<F>(r.x, r.outer, columns, first, count);
  const shifted = changetype<F>(0).shifted();
  if (shifted) spreadWide(exact, count, inner);
  fold<F>(r.x, r.outer, columns, first * inner, count * inner);
  gather(accumulators(), count, inner);
  if (shifted) for (let j: u32 = 1; j < count; j++) store<f64>(exact + (j << 3), load<f64>(exact + (j * inner << 3)));
}

/** From the sums in `accumulators`: writes the means in float64 to `shifts` and in float32 to `saved`. */
function means(r: BatchNormArgs, first: u32, count: u32): void {
  const part = f64x2.splat(1 / (<f64>r.outer * r.inner)), sums = accumulators(), exact = shifts();
  const saved = r.saved + (<usize>first << 2), end = <usize>count << 2;
  for (let p: usize = 0; p < end; p += 16) {
    const low = f64x2.mul(v128.load(sums + (p << 1)), part), high = f64x2.mul(v128.load(sums + (p << 1), 16), part);
    storePair(exact + (p << 1), low, high);
    storeUpTo(saved + p, i64x2.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2), end - p);
  }
}

/** From the sums of squared deviations in `accumulators`: writes s to `saved` and updates the running statistics. */
function variances(r: BatchNormArgs, first: u32, count: u32): void {
  const values = <f64>r.outer * r.inner, part = f64x2.splat(1 / values), sums = accumulators(), exact = shifts();
  const one = v128.load32_splat(ONE), epsilon = f32x4.splat(<f32>r.epsilon);
  const weight = r.momentum < 0 ? 1 / <f64>load<i32>(r.count) : r.momentum;
  const fresh = f32x4.splat(<f32>weight), old = f32x4.splat(<f32>(1 - weight)), unbiased = f32x4.splat(<f32>(values / (values - 1)));
  const saved = r.saved + (<usize>first << 2), toS = <usize>r.channels << 2, end = <usize>count << 2;
  const runningMean = r.runningMean + (<usize>first << 2), runningVar = r.runningVar + (<usize>first << 2);
  for (let p: usize = 0; p < end; p += 16) {
    const mean = v128.load(saved + p);
    const low = centred(sums + (p << 1), part, exact + (p << 1), mean);
    const high = centred(sums + (p << 1) + 16, part, exact + (p << 1) + 16, i64x2.shuffle(mean, mean, 1, 1));
    const variance = i64x2.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
    storeUpTo(saved + toS + p, f32x4.div(one, f32x4.sqrt(f32x4.add(variance, epsilon))), end - p);
    if (r.runningMean == 0) continue;
    storeUpTo(runningMean + p, madd(old, v128.load(runningMean + p), f32x4.mul(fresh, mean)), end - p);
    const moved = madd(old, v128.load(runningVar + p), f32x4.mul(fresh, f32x4.mul(unbiased, variance)));
    storeUpTo(runningVar + p, moved, end - p);
  }
}

/** Two variances from sums of squared deviations from rounded means: the square of the rounding error of the mean is subtracted. */
@inline
function centred(sums: usize, part: v128, exact: usize, rounded: v128): v128 {
  const d = f64x2.sub(v128.load(exact), f64x2.promote_low_f32x4(rounded));
  return f64x2.max(f64x2.sub(f64x2.mul(v128.load(sums), part), f64x2.mul(d, d)), f64x2.splat(0));
}

/** y = (x − mean) · s · weight + bias, from the saved statistics. */
function apply(r: BatchNormArgs, first: u32, count: u32): void {
  if (r.act == Activation.Relu) applyTo<Relu>(r, first, count);
  else applyTo<Plain>(r, first, count);
}

function applyTo<A>(r: BatchNormArgs, first: u32, count: u32): void {
  const at = <usize>first << 2, mean = r.saved + at, s = mean + (<usize>r.channels << 2), width = <usize>count << 2;
  let weight = r.weight ? r.weight + at : ONES, bias = r.bias ? r.bias + at : ZEROS;
  const weightStep: usize = r.weight ? 32 : 0, biasStep: usize = r.bias ? 32 : 0;
  for (let p: usize = 0, k = coefficients(); p < width; p += 32, k += 32, weight += weightStep, bias += biasStep) {
    storePair(k, v128.load(mean + p), v128.load(mean + p, 16));
    storePair(k + NEXT, f32x4.mul(v128.load(s + p), v128.load(weight)), f32x4.mul(v128.load(s + p, 16), v128.load(weight, 16)));
    storePair(k + 2 * NEXT, v128.load(bias), v128.load(bias, 16));
  }
  normalizeBlock<Scaled<A>>(r.x, r.x, r.x, r.out, r.outer, r.channels, r.inner, first, count);
}

/** out = F of a block of channels, by the coefficients in scratch. */
function normalizeBlock<F>(x: usize, y: usize, z: usize, out: usize, outer: u32, channels: u32, inner: u32, first: u32, count: u32): void {
  const begin = <usize>first * inner << 2, plane = <usize>inner << 2, sample = plane * channels;
  if (areColumns(outer, inner)) {
    if (inner > 1) for (let k = coefficients(), end = k + 4 * NEXT; k < end; k += NEXT) spread(k, count, inner);
    return normalizeColumns<F>(x + begin, y + begin, z + begin, out + begin, outer, sample, plane * count);
  }
  for (let j: u32 = 0, k = coefficients(), p = begin; j < count; j++, k += 4, p += plane) {
    const m = v128.load32_splat(k), a = v128.load32_splat(k, NEXT), b = v128.load32_splat(k, 2 * NEXT), c = v128.load32_splat(k, 3 * NEXT);
    for (let o: u32 = 0, q = p; o < outer; o++, q += sample) normalizeRow<F>(x + q, y + q, STEP, z + q, STEP, out + q, inner, m, a, b, c);
  }
}

/** The gradients of x, weight and bias, each if it is wanted. */
export function batchNormGrad(r: BatchNormGradArgs, from: u32, to: u32): void {
  for (let first = from, count: u32 = 0; first < to; first += count) {
    count = blockOf(to - first, r.outer, r.inner);
    if (r.act == Activation.Relu) gradBlock<Relu>(r, first, count);
    else gradBlock<Plain>(r, first, count);
  }
}

function gradBlock<A>(r: BatchNormGradArgs, first: u32, count: u32): void {
  const sample = <usize>r.channels * r.inner << 2, begin = <usize>first * r.inner << 2, plane = <usize>r.inner << 2;
  // Without ReLU y is not read.
  const g = r.g + begin, x = r.x + begin, y = r.y + begin, mean = r.saved + (<usize>first << 2), sums = accumulators(), dots = shifts();
  if (areColumns(r.outer, r.inner)) {
    columnSums<A, OfColumns>(g, x, y, r.inner == 1 ? mean : spreadMeans(mean, count, r.inner), r.outer, sample, count * r.inner, sums, dots);
    if (r.inner > 1) gather(sums, count, r.inner), gather(dots, count, r.inner);
  } else {
    memory.fill(sums, 0, PLANES << 3);
    memory.fill(dots, 0, PLANES << 3);
    for (let j: u32 = 0; j < count; j++) {
      const m = load<f32>(mean + (j << 2));
      for (let o: u32 = 0, p = plane * j; o < r.outer; o++, p += sample) {
        rowSums<A>(g + p, x + p, y + p, STEP, r.inner, m, sums + (j << 3), dots + (j << 3));
      }
    }
  }
  finish(r, first, count);
  if (r.out) normalizeBlock<InputGradient<A>>(r.g, r.x, r.y, r.out, r.outer, r.channels, r.inner, first, count);
}

/** From Σ h and Σ h · (x − mean): adds or writes the gradients of weight and bias, and writes the coefficients of dx. */
function finish(r: BatchNormGradArgs, first: u32, count: u32): void {
  const at = <usize>first << 2, width = <usize>count << 2, mean = r.saved + at, s = mean + (<usize>r.channels << 2), k = coefficients();
  const sums = k + 2 * NEXT, dots = k + 3 * NEXT;
  narrow(sums, accumulators(), width);
  narrow(dots, shifts(), width);
  for (let p: usize = 0; p < width; p += 32) {
    storePair(dots + p, f32x4.mul(v128.load(dots + p), v128.load(s + p)), f32x4.mul(v128.load(dots + p, 16), v128.load(s + p, 16)));
  }
  // The order matters: both may be gradients of one tensor, and the second is then added to the first.
  if (r.weightGrad) addInto(r.weightGrad + at, dots, r.weightBeta, width);
  if (r.biasGrad) addInto(r.biasGrad + at, sums, r.biasBeta, width);
  if (r.out == 0) return;
  // In evaluation the statistics are constants, and no gradient flows through them.
  const part = f32x4.splat(r.training ? <f32>(-1 / (<f64>r.outer * r.inner)) : 0), step: usize = r.weight ? 32 : 0;
  for (let p: usize = 0, weight = r.weight ? r.weight + at : ONES; p < width; p += 32, weight += step) {
    const c = k + p, s0 = v128.load(s + p), s1 = v128.load(s + p, 16);
    const a0 = f32x4.mul(s0, v128.load(weight)), a1 = f32x4.mul(s1, v128.load(weight, 16));
    const share0 = f32x4.mul(a0, part), share1 = f32x4.mul(a1, part);
    const b0 = f32x4.mul(share0, v128.load(c, 2 * NEXT)), b1 = f32x4.mul(share1, v128.load(c, 2 * NEXT + 16));
    const c0 = f32x4.mul(f32x4.mul(share0, s0), v128.load(c, 3 * NEXT)), c1 = f32x4.mul(f32x4.mul(share1, s1), v128.load(c, 3 * NEXT + 16));
    storePair(c, v128.load(mean + p), v128.load(mean + p, 16));
    storePair(c + NEXT, a0, a1);
    storePair(c + 2 * NEXT, b0, b1);
    storePair(c + 3 * NEXT, c0, c1);
  }
}

@unmanaged
export class CountArgs {
  count: usize; // int32
}

/** Adds the length of the range to the count. @alone @narrow */
export function countUp(r: CountArgs, from: u32, to: u32): void {
  store<i32>(r.count, load<i32>(r.count) + <i32>(to - from));
}
