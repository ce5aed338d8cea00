import type { MlMatrix } from "../linalg/load.js";
import { exp, ln } from "../optim/schedules/exact.js";
import { type Covariance, type CovarianceKind, covarianceOf, squaredDistance } from "./covariance.js";
import type { Rows } from "./samples.js";

/** Gaussians with weights. */
export interface Mixture {
  readonly kind: CovarianceKind;
  readonly width: number;
  readonly weights: Float64Array;
  readonly means: readonly Float64Array[];
  readonly covariances: readonly Covariance[];
}

/** What the expectation step finds. */
export interface Expectation {
  /** The share of each component in each sample, [n, k]. */
  readonly shares: Float64Array;
  /** ln p of each sample. */
  readonly logs: Float64Array;
  /** The mean of these. */
  readonly mean: number;
}

const LN_2_PI = 1.8378770664093453;

/** The expectation step. Densities are summed by their logarithms, so that none underflows. */
export function expectation(rows: Rows, { kind, width, weights, means, covariances }: Mixture): Expectation {
  const k = weights.length;
  const shares = new Float64Array(rows.n * k);
  const logs = new Float64Array(rows.n);
  const scratch = new Float64Array(width);
  const constants = covariances.map(({ logDet }, c) => ln(weights[c]) - 0.5 * (width * LN_2_PI + logDet));
  for (let i = 0; i < rows.n; i++) {
    let greatest = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < k; c++) {
      const log = constants[c] - 0.5 * squaredDistance(kind, rows, i, means[c], covariances[c], scratch);
      shares[i * k + c] = log;
      greatest = Math.max(greatest, log);
    }
    let sum = 0;
    for (let c = 0; c < k; c++) sum += shares[i * k + c] = exp(shares[i * k + c] - greatest);
    for (let c = 0; c < k; c++) shares[i * k + c] /= sum;
    logs[i] = greatest + ln(sum);
  }
  return { shares, logs, mean: logs.reduce((sum, log) => sum + log, 0) / rows.n };
}

/** The maximization step: the mixture that is likeliest if the components have these shares in the samples. */
export function maximization(
  rows: Rows,
  shares: Float64Array,
  k: number,
  kind: CovarianceKind,
  regularization: number,
  library: MlMatrix | null,
): Mixture {
  const { n, width, values } = rows;
  const components = Array.from({ length: k }, (_, c) => {
    const own = Float64Array.from({ length: n }, (_, i) => shares[i * k + c]);
    // A component that explains nothing keeps a weight above 0.
    const total = own.reduce((sum, share) => sum + share, 0) + 10 * Number.EPSILON;
    const mean = new Float64Array(width);
    for (let i = 0; i < n; i++) for (let j = 0; j < width; j++) mean[j] += (own[i] * values[i * width + j]) / total;
    return { total, mean, covariance: covarianceOf(kind, rows, own, total, mean, regularization, library) };
  });
  const all = components.reduce((sum, { total }) => sum + total, 0);
  return {
    kind,
    width,
    weights: Float64Array.from(components, ({ total }) => total / all),
    means: components.map(({ mean }) => mean),
    covariances: components.map(({ covariance }) => covariance),
  };
}
