/**
 * Layer normalisation of rows, and its gradients. With x̂ = (x − mean) · s, s = 1 / √(variance + ε), y = x̂ · weight + bias, and
 * h = g · weight:
 *
 *   dx = s · (h − mean h − x̂ · mean(h · x̂)) of each row,   dweight = Σ g · x̂,  dbias = Σ g over the rows
 *
 * A kernel of its own computes the sums over rows. Its range counts columns, so that one thread owns each sum.
 */
import { foldRow } from "./fold";
import { accumulators, BLOCK, shifts } from "./foldScratch";
import { addUpTo, columnSums, gradRow, narrow, OfRows, Plain, rowSums, SquaredDeviations, storeUpTo, Weighted } from "./normalize";
import { Sum } from "./reduce";
import { madd } from "./simd";

/** @cost 20 + 0.35 * columns @bytes 8 + 8 * columns */
@unmanaged
export class LayerNormArgs {
  x: usize; // [rows, columns]
  weight: usize; // [columns], or 0: all 1
  bias: usize; // [columns], or 0: all 0
  out: usize; // [rows, columns]
  saved: usize; // [rows, 2], kept for the gradient: mean, s
  columns: u32; // elements of a row
  epsilon: f64; // ε
}

/** @cost 10 + 0.35 * columns @bytes 8 + 12 * columns */
@unmanaged
export class LayerNormGradArgs {
  g: usize; // [rows, columns], the upstream gradient
  x: usize; // [rows, columns]
  weight: usize; // [columns], or 0: all 1
  saved: usize; // [rows, 2], from the forward kernel
  out: usize; // [rows, columns], the gradient of x
  columns: u32; // elements of a row
}

/** @cost 2 + 0.22 * rows @bytes 8 * rows */
@unmanaged
export class LayerNormSumsArgs {
  g: usize; // [rows, columns], the upstream gradient
  x: usize; // [rows, columns]
  saved: usize; // [rows, 2], from the forward kernel
  weightGrad: usize; // [columns]; 0: not wanted
  biasGrad: usize; // [columns]; 0: not wanted
  rows: u32; // terms of each sum
  columns: u32; // elements of a row
  weightBeta: f32; // 0 writes weightGrad, 1 adds to it
  biasBeta: f32; // 0 writes biasGrad, 1 adds to it
}

// Four elements of a weight or bias that is absent; they are read for every four columns.
const ONES = memory.data<f32>([1, 1, 1, 1]);
const ZEROS = memory.data<f32>([0, 0, 0, 0]);

/** y = (x − mean) · s · weight + bias of each row. Range: rows. */
export function layerNorm(r: LayerNormArgs, from: u32, to: u32): void {
  const n = r.columns, row = <usize>n << 2;
  for (let i = from; i < to; i++) {
    const x = r.x + row * i, exact = foldRow<Sum>(x, 0, n, 0) / n, mean = <f32>exact, d = exact - <f64>mean;
    // `SquaredDeviations` are taken from the rounded mean; subtracting d² makes them deviations from the exact one.
    const variance = max<f64>(0, foldRow<SquaredDeviations>(x, 0, n, mean) / n - d * d), s: f32 = 1 / sqrt<f32>(<f32>(variance + r.epsilon));
    store<f32>(r.saved + (<usize>i << 3), mean);
    store<f32>(r.saved + (<usize>i << 3), s, 4);
    normalizeRow(r, x, r.out + row * i, mean, s);
  }
}

function normalizeRow(r: LayerNormArgs, x: usize, out: usize, mean: f32, s: f32): void {
  const m = f32x4.splat(mean), scale = f32x4.splat(s), weightStep = r.weight ? 16 : 0, biasStep = r.bias ? 16 : 0;
  let weight = r.weight ? r.weight : ONES, bias = r.bias ? r.bias : ZEROS;
  for (const end = out + (<usize>r.columns << 2); out < end; x += 16, out += 16, weight += weightStep, bias += biasStep) {
    storeUpTo(out, madd(f32x4.mul(f32x4.sub(v128.load(x), m), scale), v128.load(weight), v128.load(bias)), end - out);
  }
}

/** The gradient of x; range: rows. */
export function layerNormGrad(r: LayerNormGradArgs, from: u32, to: u32): void {
  if (r.weight) gradRows<Weighted>(r, r.weight, from, to);
  else gradRows<Plain>(r, r.g, from, to);
}

function gradRows<A>(r: LayerNormGradArgs, weight: usize, from: u32, to: u32): void {
  const n = r.columns, row = <usize>n << 2, sum = accumulators(), dot = sum + 8;
  for (let i = from; i < to; i++) {
    const saved = r.saved + (<usize>i << 3), mean = load<f32>(saved), s = <f64>load<f32>(saved, 4), g = r.g + row * i, x = r.x + row * i;
    store<f64>(sum, 0);
    store<f64>(dot, 0);
    rowSums<A>(g, x, weight, n, mean, sum, dot);
    const b = -s * load<f64>(sum) / n, c = -s * s * s * load<f64>(dot) / n;
    gradRow<A>(g, x, weight, r.out + row * i, n, mean, <f32>s, <f32>b, <f32>c);
  }
}

/** The gradients of weight and bias; range: columns. */
export function layerNormSums(r: LayerNormSumsArgs, from: u32, to: u32): void {
  const sums = accumulators(), dots = shifts();
  for (let first = from, count: u32 = 0; first < to; first += count) {
    count = min(to - first, BLOCK);
    const at = <usize>first << 2, width = <usize>count << 2, g = r.g + at;
    columnSums<Plain, OfRows>(g, r.x + at, g, r.saved, r.rows, <usize>r.columns << 2, count, sums, dots);
    for (let p: usize = 0; p < width; p += 16) {
      // The order matters: both may be gradients of one tensor, and the second is then added to the first.
      if (r.weightGrad) addUpTo(r.weightGrad + at + p, narrow(dots + (p << 1)), r.weightBeta, width - p);
      if (r.biasGrad) addUpTo(r.biasGrad + at + p, narrow(sums + (p << 1)), r.biasBeta, width - p);
    }
  }
}
