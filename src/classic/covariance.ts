import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { MlMatrix } from "../linalg/load.js";
import { ln } from "../optim/schedules/exact.js";
import type { Rows } from "./samples.js";

/** The forms of a covariance matrix, from the fewest parameters to the most. */
export type CovarianceKind = "spherical" | "diagonal" | "full";

/** The covariance of one Gaussian, as densities need it. */
export interface Covariance {
  /** Of "full" [width, width], of "diagonal" [width], of "spherical" [1]. */
  readonly values: Float64Array;
  /** The triangle L of L · Lᵀ, or the standard deviations. */
  readonly factor: Float64Array;
  /** ln det Σ */
  readonly logDet: number;
}

/** The number of free parameters of a covariance: of a 2 × 2 matrix 3, because it is symmetric. */
export function freeParameters(kind: CovarianceKind, width: number): number {
  return kind === "full" ? (width * (width + 1)) / 2 : kind === "diagonal" ? width : 1;
}

/**
 * The covariance of samples with weights around their mean, with `regularization` added to the variances.
 * @param library needed of "full"
 */
export function covarianceOf(
  kind: CovarianceKind,
  rows: Rows,
  weights: Float64Array,
  total: number,
  mean: Float64Array,
  regularization: number,
  library: MlMatrix | null,
): Covariance {
  if (kind === "full") return factored(scatter(rows, weights, total, mean, regularization), rows.width, library as MlMatrix);
  const { n, width, values } = rows;
  const variances = new Float64Array(width);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < width; j++) {
      const difference = values[i * width + j] - mean[j];
      variances[j] += (weights[i] * difference * difference) / total;
    }
  }
  const kept = kind === "diagonal" ? variances : Float64Array.of(variances.reduce((sum, value) => sum + value, 0) / width);
  const all = kept.map((value) => value + regularization);
  if (all.some((value) => !(value > 0))) throw collapsed();
  return {
    values: all,
    factor: all.map(Math.sqrt),
    logDet: all.reduce((sum, value) => sum + ln(value), 0) * (kind === "spherical" ? width : 1),
  };
}

/** Σ w (x − m)(x − m)ᵀ / Σ w, regularised, [width, width]. */
function scatter(
  { n, width, values }: Rows,
  weights: Float64Array,
  total: number,
  mean: Float64Array,
  regularization: number,
): Float64Array {
  const out = new Float64Array(width * width);
  const difference = new Float64Array(width);
  for (let i = 0; i < n; i++) {
    // What counts for almost nothing costs nothing.
    if (weights[i] < 1e-300) continue;
    for (let j = 0; j < width; j++) difference[j] = values[i * width + j] - mean[j];
    for (let j = 0; j < width; j++) {
      const part = (weights[i] / total) * difference[j];
      for (let k = 0; k <= j; k++) out[j * width + k] += part * difference[k];
    }
  }
  for (let j = 0; j < width; j++) {
    for (let k = 0; k < j; k++) out[k * width + j] = out[j * width + k];
    out[j * width + j] += regularization;
  }
  return out;
}

function factored(values: Float64Array, width: number, { CholeskyDecomposition, Matrix }: MlMatrix): Covariance {
  const found = new CholeskyDecomposition(Matrix.from1DArray(width, width, values as unknown as number[]));
  if (!found.isPositiveDefinite()) throw collapsed();
  const factor = Float64Array.from(found.lowerTriangularMatrix.to1DArray());
  let logDet = 0;
  for (let j = 0; j < width; j++) logDet += 2 * ln(factor[j * width + j]);
  return { values, factor, logDet };
}

function collapsed(): ArgumentError {
  const mend = "Use fewer components, another covariance, or a greater regularization.";
  return new ArgumentError(message("GaussianMixture", "a component has collapsed onto too few samples", mend));
}

/** (x − m)ᵀ Σ⁻¹ (x − m) of sample i; `scratch` has a place for each feature. */
export function squaredDistance(
  kind: CovarianceKind,
  { width, values }: Rows,
  i: number,
  mean: Float64Array,
  { factor }: Covariance,
  scratch: Float64Array,
): number {
  let sum = 0;
  for (let j = 0; j < width; j++) {
    let rest = values[i * width + j] - mean[j];
    if (kind === "full") {
      // L · z = x − m from the top.
      for (let k = 0; k < j; k++) rest -= factor[j * width + k] * scratch[k];
      rest /= factor[j * width + j];
      scratch[j] = rest;
    } else rest /= factor[kind === "diagonal" ? j : 0];
    sum += rest * rest;
  }
  return sum;
}
