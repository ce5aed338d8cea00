/**
 * Layer normalisation of rows, and its gradients. With x̂ = (x − mean) · s, s = 1 / √(variance + ε), y = x̂ · weight + bias, and
 * h = g · weight:
 *
 *   dx = s · (h − mean h − x̂ · mean(h · x̂)) of each row,   dweight = Σ g · x̂,  dbias = Σ g over the rows
 *
 * Not centered, the mean is taken for 0, of x and of h: root mean square normalisation.
 *
 * A kernel of its own computes the sums over rows. Its range counts columns, so that one thread owns each sum.
 */
import { foldRow } from "./fold";
import { accumulators, BLOCK, shifts } from "./foldScratch";
import { columnSums, OfRows, rowSums } from "./gradSums";
import { STEP } from "./map";
import {
  addInto, coefficients, InputGradient, narrow, NEXT, normalizeRow, ONES, Plain, SquaredDeviations, Weighted, ZEROS,
} from "./normalize";
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
  centered: u32; // 1: the mean is subtracted, 0: it is taken for 0
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
  centered: u32; // as in the forward kernel
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

/** y = (x − mean) · s · weight + bias. */
@unmanaged
@final
class Affine {
  @inline second(): bool { return true; }
  @inline third(): bool { return true; }
  @inline v(x: v128, weight: v128, bias: v128, mean: v128, s: v128, b: v128, c: v128): v128 {
    return madd(f32x4.mul(f32x4.sub(x, mean), s), weight, bias);
  }
}

/** y = (x − mean) · s · weight + bias of each row. Range: rows. */
export function layerNorm(r: LayerNormArgs, from: u32, to: u32): void {
  const n = r.columns, row = <usize>n << 2, none = f32x4.splat(0);
  const weight = r.weight ? r.weight : ONES, bias = r.bias ? r.bias : ZEROS, weightStep = r.weight ? STEP : 0, biasStep = r.bias ? STEP : 0;
  for (let i = from; i < to; i++) {
    const x = r.x + row * i, exact = r.centered ? foldRow<Sum>(x, 0, n, 0) / n : 0, mean = <f32>exact, d = exact - <f64>mean;
    // `SquaredDeviations` are taken from the rounded mean; subtracting d² makes them deviations from the exact one.
    const variance = max<f64>(0, foldRow<SquaredDeviations>(x, 0, n, mean) / n - d * d), s: f32 = 1 / sqrt<f32>(<f32>(variance + r.epsilon));
    store<f32>(r.saved + (<usize>i << 3), mean);
    store<f32>(r.saved + (<usize>i << 3), s, 4);
    normalizeRow<Affine>(x, weight, weightStep, bias, biasStep, r.out + row * i, n, f32x4.splat(mean), f32x4.splat(s), none, none);
  }
}

/** The gradient of x. Range: rows. */
export function layerNormGrad(r: LayerNormGradArgs, from: u32, to: u32): void {
  const n = r.columns, row = <usize>n << 2, sum = accumulators(), dot = sum + 8;
  const weight = r.weight ? r.weight : ONES, step = r.weight ? STEP : 0;
  for (let i = from; i < to; i++) {
    const saved = r.saved + (<usize>i << 3), mean = load<f32>(saved), s = <f64>load<f32>(saved, 4), g = r.g + row * i, x = r.x + row * i;
    store<f64>(sum, 0);
    store<f64>(dot, 0);
    rowSums<Weighted>(g, x, weight, step, n, mean, sum, dot);
    const b = f32x4.splat(r.centered ? <f32>(-s * load<f64>(sum) / n) : 0), c = f32x4.splat(<f32>(-s * s * s * load<f64>(dot) / n));
    normalizeRow<InputGradient<Weighted>>(g, x, STEP, weight, step, r.out + row * i, n, f32x4.splat(mean), f32x4.splat(<f32>s), b, c);
  }
}

/** The gradients of weight and bias. Range: columns. */
export function layerNormSums(r: LayerNormSumsArgs, from: u32, to: u32): void {
  const sums = accumulators(), dots = shifts(), narrowSums = coefficients(), narrowDots = narrowSums + NEXT;
  for (let first = from, count: u32 = 0; first < to; first += count) {
    count = min(to - first, BLOCK);
    const at = <usize>first << 2, width = <usize>count << 2, g = r.g + at;
    columnSums<Plain, OfRows>(g, r.x + at, g, r.saved, r.rows, <usize>r.columns << 2, count, sums, dots);
    narrow(narrowSums, sums, width);
    narrow(narrowDots, dots, width);
    // The order matters: both may be gradients of one tensor, and the second is then added to the first.
    if (r.weightGrad) addInto(r.weightGrad + at, narrowDots, r.weightBeta, width);
    if (r.biasGrad) addInto(r.biasGrad + at, narrowSums, r.biasBeta, width);
  }
}
