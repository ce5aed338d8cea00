/**
 * Norms of gradients, and clipping by them. A norm is the root of a sum of squares. The squares are summed over fixed chunks of
 * each tensor, and the sums of the chunks added in the order of the tensors, so that the bits do not depend on the addresses.
 */
import { foldRow } from "./fold";
import { mapRow } from "./map";
import { CHUNK, SumSquares } from "./reduce";
import { fail, Status } from "./threads";

/** @cost 1100 @flops 2 * length / ceil(length / CHUNK) @bytes 4 * length / ceil(length / CHUNK) */
@unmanaged
export class SumSquaresArgs {
  x: usize; // [length]
  out: usize; // float64 [ceil(length / CHUNK)], the sum of squares of each chunk
  length: u32; // elements
}

@unmanaged
export class ClipFactorArgs {
  maxNorm: f64; // the norm that gradients are clipped to
  x: usize; // float64 [length], sums of squares
  norm: usize; // float64, the norm
  factor: usize; // float64, address of the first of `count` copies of the factor, `stride` bytes apart
  length: u32; // number of sums
  count: u32; // number of copies of the factor
  stride: u32; // bytes, a multiple of 8
  report: u32; // 1: a norm that is not finite is reported as Status.NonFinite
}

/** @cost 0.25 @flops 1 @bytes 8 */
@unmanaged
export class ScaleByArgs {
  x: usize; // [n], scaled in place
  factor: usize; // float64, the factor
}

/** out = Σ x² of each chunk, in float64: no overflow, no lost digits. Range: chunks. @narrow */
export function sumSquares(r: SumSquaresArgs, from: u32, to: u32): void {
  for (let i = from; i < to; i++) {
    const begin = i * CHUNK;
    const total = foldRow<SumSquares>(r.x + (<usize>begin << 2), 0, min(CHUNK, r.length - begin), 0);
    store<f64>(r.out + (<usize>i << 3), total);
  }
}

/** norm = √Σ x,  factor = min(1, maxNorm / (norm + 10⁻⁶)); NaN stays. Range: 0 to 1. @alone @narrow */
export function clipFactor(r: ClipFactorArgs, from: u32, to: u32): void {
  if (from >= to) return;
  let total: f64 = 0;
  for (let i: u32 = 0; i < r.length; i++) total += load<f64>(r.x + (<usize>i << 3));
  const norm = sqrt(total);
  store<f64>(r.norm, norm);
  if (r.report != 0 && !isFinite(norm)) fail(Status.NonFinite, 0);
  const factor = r.maxNorm / (norm + 1e-6);
  for (let i: u32 = 0; i < r.count; i++) store<f64>(r.factor + <usize>i * r.stride, factor >= 1 ? 1 : factor);
}

@unmanaged
@final
class Scale {
  @inline v(x: v128, factor: v128): v128 {
    return f32x4.mul(factor, x);
  }
}

/** x ← factor · x; nothing is touched where the factor is 1. Range: elements. */
export function scaleBy(r: ScaleByArgs, from: u32, to: u32): void {
  const factor = load<f64>(r.factor);
  if (factor == 1) return;
  const x = r.x + (<usize>from << 2);
  mapRow<Scale, v128>(f32x4.splat(<f32>factor), x, x, to - from);
}
