/**
 * Losses of a prediction x and a target y of one shape, element by element. For each loss there are kernels for the losses
 * themselves, for their sum or mean, and for the gradient with respect to x. Each takes one pass.
 *
 *   squaredError        (x − y)²                             2(x − y)
 *   binaryCrossEntropy  |x|k + ln(1 + e^−|x|)                (1 − y)σ(x) − yσ(−x)
 *
 * For binaryCrossEntropy x are logits, and k is 1 − y where x > 0, else y; |x|k is 0 where k is, also for infinite x. Its formulas
 * equal −y ln σ(x) − (1 − y) ln(1 − σ(x)) and σ(x) − y, but do not overflow or lose digits for large |x|.
 */
import { operand } from "./broadcast";
import { map2, map2ByPair, mapRow3, STEP } from "./map";
import { constant, math } from "./math";
import { CHUNK, foldFiniteRow } from "./reduce";

const C = memory.data<f32>([
  0, // 0
  1, // 1
]);

/** @cost 0.2 @bytes 12 */
@unmanaged
export class LossArgs {
  x: usize; // [n] predictions
  y: usize; // [n] targets
  out: usize; // [n] losses
}

/** @bytes 8 * length */
@unmanaged
export class LossSumArgs {
  x: usize; // [length] predictions
  y: usize; // [length] targets
  out: usize; // one element
  length: u32; // elements
  divisor: f64; // 1 for a sum, `length` for a mean
}

/** @cost 1200 @bytes 8 * length / ceil(length / CHUNK) */
@unmanaged
export class LossChunksArgs {
  x: usize; // [length] predictions
  y: usize; // [length] targets
  out: usize; // float64 [ceil(length / CHUNK)], the sum of each chunk's losses
  length: u32; // elements
}

/** @cost 0.3 @bytes gPerElement ? 16 : 12 */
@unmanaged
export class LossGradArgs {
  x: usize; // [n] predictions
  y: usize; // [n] targets
  g: usize; // gradient with respect to the loss: one element, or [n]
  out: usize; // [n] gradient with respect to x
  scale: f32; // factor of g: 1, or 1/n for a mean
  gPerElement: u32; // 1: g is [n]; 0: one element for all
}

@unmanaged
@final
class SquaredError {
  @inline start(): f64 { return 0; }
  @inline pairwise(): u32 { return 16; }
  @inline two(): bool { return true; }
  @inline shifted(): bool { return false; }
  @inline term(x: v128, y: v128, shift: v128): v128 {
    const d = f32x4.sub(x, y);
    return f32x4.mul(d, d);
  }
  @inline step(sum: v128, term: v128, shift: v128): v128 { return f64x2.add(sum, term); }
  @inline merge(a: f64, b: f64): f64 { return a + b; }
  @inline v(x: v128, y: v128, r: LossArgs): v128 {
    const d = f32x4.sub(x, y);
    return f32x4.mul(d, d);
  }
  @inline slope(x: v128, y: v128): v128 {
    const d = f32x4.sub(x, y);
    return f32x4.add(d, d);
  }
}

@unmanaged
@final
class BinaryCrossEntropy {
  @inline start(): f64 { return 0; }
  @inline pairwise(): u32 { return 8; }
  @inline two(): bool { return true; }
  @inline shifted(): bool { return false; }
  @inline term(x: v128, y: v128, shift: v128): v128 { return BinaryCrossEntropy.of(x, y); }
  @inline step(sum: v128, term: v128, shift: v128): v128 { return f64x2.add(sum, term); }
  @inline merge(a: f64, b: f64): f64 { return a + b; }
  @inline v(x: v128, y: v128, r: LossArgs): v128 { return BinaryCrossEntropy.of(x, y); }
  @inline static of(x: v128, y: v128): v128 {
    const zero = constant(C, 0), size = f32x4.abs(x);
    const k = v128.bitselect(f32x4.sub(constant(C, 1), y), y, f32x4.gt(x, zero));
    const linear = v128.and(f32x4.mul(size, k), f32x4.ne(k, zero));
    return f32x4.add(linear, math.softplus(f32x4.neg(size)));
  }
  @inline slope(x: v128, y: v128): v128 {
    return f32x4.sub(math.timesSigmoid(f32x4.sub(constant(C, 1), y), x), math.timesSigmoid(y, f32x4.neg(x)));
  }
}

/** out = Σ losses / divisor. Range: 0 to 1. */
@inline
function sum<F>(r: LossSumArgs, from: u32, to: u32): void {
  if (from < to) store<f32>(r.out, <f32>(foldFiniteRow<F>(r.x, r.y, r.length) / r.divisor));
}

/** The sums of chunks of CHUNK losses, for `sumPartials`. Range: chunks. */
@inline
function chunks<F>(r: LossChunksArgs, from: u32, to: u32): void {
  for (let i = from; i < to; i++) {
    const begin = i * CHUNK, skip = <usize>begin << 2;
    store<f64>(r.out + (<usize>i << 3), foldFiniteRow<F>(r.x + skip, r.y + skip, min(CHUNK, r.length - begin)));
  }
}

/** scale · g · slope */
@unmanaged
@final
class Gradient<F> {
  @inline v(x: v128, y: v128, g: v128, r: LossGradArgs): v128 {
    const scale = v128.load32_splat(changetype<usize>(r), offsetof<LossGradArgs>("scale"));
    return f32x4.mul(f32x4.mul(scale, g), changetype<F>(0).slope(x, y));
  }
}

/** out = scale · g · slope; range: elements. */
@inline
function gradient<F>(r: LossGradArgs, from: u32, to: u32): void {
  const at = <usize>from << 2, g = operand(r.gPerElement ? r.g + at : r.g, r.gPerElement, 0, 4);
  mapRow3<Gradient<F>, LossGradArgs>(r, r.x + at, r.y + at, g, r.gPerElement * STEP, r.out + at, to - from);
}

/** The losses. Range: elements. */
export function squaredError(r: LossArgs, from: u32, to: u32): void {
  map2<SquaredError, LossArgs>(r, r.x, r.y, r.out, from, to);
}

/** The sum or mean of the losses, with the bits of `sum` over the losses. Range: 0 to 1. @alone */
export function squaredErrorSum(r: LossSumArgs, from: u32, to: u32): void {
  sum<SquaredError>(r, from, to);
}

/** The sum of each chunk's losses. Range: chunks. */
export function squaredErrorChunks(r: LossChunksArgs, from: u32, to: u32): void {
  chunks<SquaredError>(r, from, to);
}

/** The gradient. Range: elements. */
export function squaredErrorGrad(r: LossGradArgs, from: u32, to: u32): void {
  gradient<SquaredError>(r, from, to);
}

/** The losses. Range: elements. @cost 2.3 */
export function binaryCrossEntropy(r: LossArgs, from: u32, to: u32): void {
  map2ByPair<BinaryCrossEntropy, LossArgs>(r, r.x, r.y, r.out, from, to);
}

/** The sum or mean of the losses. Range: 0 to 1. @alone */
export function binaryCrossEntropySum(r: LossSumArgs, from: u32, to: u32): void {
  sum<BinaryCrossEntropy>(r, from, to);
}

/** The sum of each chunk's losses. Range: chunks. @cost 23000 */
export function binaryCrossEntropyChunks(r: LossChunksArgs, from: u32, to: u32): void {
  chunks<BinaryCrossEntropy>(r, from, to);
}

/** The gradient. Range: elements. @cost 2 */
export function binaryCrossEntropyGrad(r: LossGradArgs, from: u32, to: u32): void {
  gradient<BinaryCrossEntropy>(r, from, to);
}
