import { views } from "../../memory/memory.js";
import type { NumberArray } from "../../memory/views.js";
import { CHUNK, Status } from "../generated/constants.js";
import type { ClipFactorArgs, ScaleByArgs, SumSquaresArgs } from "../generated.js";
import { fail } from "../status.js";
import { total } from "./reduce.js";

/** out = Σ x² of each chunk */
export function sumSquares(r: SumSquaresArgs, from: number, to: number, v: NumberArray): void {
  for (let i = from; i < to; i++) {
    const first = r.x / v.BYTES_PER_ELEMENT + i * CHUNK;
    const end = first + Math.min(CHUNK, r.length - i * CHUNK);
    let sum = 0;
    for (let j = first; j < end; j++) sum += v[j] * v[j];
    views.f64[r.out / 8 + i] = sum;
  }
}

/** norm = √Σ x,  factor = min(1, maxNorm / (norm + 10⁻⁶)); NaN stays */
export function clipFactor(r: ClipFactorArgs, from: number, to: number, _v: NumberArray): void {
  if (from >= to) return;
  const norm = Math.sqrt(total(views.f64, r.x / 8, r.length, 1));
  views.f64[r.norm / 8] = norm;
  if (r.report !== 0 && !Number.isFinite(norm)) fail(Status.NonFinite, 0);
  for (let i = 0; i < r.count; i++) views.f64[(r.factor + i * r.stride) / 8] = Math.min(1, r.maxNorm / (norm + 1e-6));
}

/** x ← factor · x */
export function scaleBy(r: ScaleByArgs, from: number, to: number, v: NumberArray): void {
  const factor = views.f64[r.factor / 8];
  for (let i = from; i < to; i++) v[r.x / v.BYTES_PER_ELEMENT + i] *= factor;
}
