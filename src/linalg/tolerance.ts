import { number } from "../options/kinds.js";
import type { Matrices } from "./matrices.js";

/** Which singular values count as 0. */
export const TOLERANCE = {
  /** Smaller singular values count as 0, ≥ 0. Default 0. */
  atol: number({ default: 0, min: 0 }),
  /** Singular values smaller than this share of the greatest count as 0, ≥ 0. Default max(m, n) · ε of the element type. */
  rtol: number({ default: null, min: 0, aka: ["rcond"] }),
};

interface ToleranceSettings {
  atol: number;
  rtol: number | null;
}

/** The rounding error of the number 1. */
const EPSILON: Readonly<Record<string, number>> = { float32: 1.1920928955078125e-7, float64: Number.EPSILON };

/** The greatest value that counts as 0 beside these singular values. */
export function limitOf(read: Matrices, s: readonly number[], { atol, rtol }: ToleranceSettings): number {
  const own = atol > 0 ? 0 : Math.max(read.rows, read.columns) * EPSILON[read.dtype];
  return Math.max(atol, (rtol ?? own) * s[0]);
}

/** The number of singular values that do not count as 0. */
export function rankOf(s: readonly number[], limit: number): number {
  return s.filter((value) => value > limit).length;
}

/** 1/σ, or 0 where σ counts as 0. */
export function reciprocal(value: number, limit: number): number {
  return value > limit ? 1 / value : 0;
}
