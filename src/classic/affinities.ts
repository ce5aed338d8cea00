import { exp, ln } from "../optim/schedules/exact.js";
import type { Rows } from "./samples.js";

/** Steps at most. */
const STEPS = 100;
/** How near the entropy must come to the logarithm of the perplexity. */
const TOLERANCE = 1e-6;
/** exp(−40) is nothing beside the nearest neighbour's 1. */
const NOTHING = 40;

/**
 * How much samples are neighbours, [n, n]: row i holds p(j|i) ∝ exp(−βᵢ |xᵢ − xⱼ|²), p(i|i) = 0, with the precision βᵢ = 1/(2σᵢ²) at which
 * the row's entropy is ln(perplexity). A sample in a crowd so gets a narrow Gaussian, one that stands alone a wide one.
 */
export function neighbourProbabilities(rows: Rows, perplexity: number): Float64Array {
  const { n } = rows;
  const p = squaredDistances(rows);
  const wanted = ln(perplexity);
  let precision = 0;
  for (let i = 0; i < n; i++) precision = calibrate(p.subarray(i * n, (i + 1) * n), i, wanted, precision);
  return p;
}

/** p(i,j) = (p(j|i) + p(i|j)) / 2n, whose sum is 1. */
export function jointProbabilities(rows: Rows, perplexity: number): Float64Array {
  const { n } = rows;
  const p = neighbourProbabilities(rows, perplexity);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) p[i * n + j] = p[j * n + i] = (p[i * n + j] + p[j * n + i]) / (2 * n);
  }
  return p;
}

/** |xᵢ − xⱼ|², [n, n]. */
function squaredDistances({ n, width, values }: Rows): Float64Array {
  const distances = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = 0; k < width; k++) {
        const difference = values[i * width + k] - values[j * width + k];
        sum += difference * difference;
      }
      distances[i * n + j] = distances[j * n + i] = sum;
    }
  }
  return distances;
}

/**
 * Puts the probabilities of a row in the place of its distances. The entropy falls with ln β as fast as the exponents vary, which gives
 * Newton's step; where that leaves the interval in which the precision must lie, the interval is halved.
 * @param last precision of the row before, which is often near; 0: none
 * @returns the precision
 */
function calibrate(row: Float64Array, self: number, wanted: number, last: number): number {
  const distances = row.slice();
  let [nearest, sum] = [Infinity, 0];
  for (let j = 0; j < distances.length; j++) {
    if (j === self) continue;
    nearest = Math.min(nearest, distances[j]);
    sum += distances[j];
  }
  const spread = sum / (distances.length - 1) - nearest;
  let precision = last > 0 ? last : spread > 0 ? 1 / spread : 1;
  let [low, high] = [0, Infinity];
  for (let step = 0; step < STEPS; step++) {
    const { entropy, variance } = weigh(row, distances, self, nearest, precision);
    const above = entropy - wanted;
    if (Math.abs(above) < TOLERANCE) break;
    if (above > 0) low = precision;
    else high = precision;
    const newton = precision * exp(above / variance);
    precision = newton > low && newton < high ? newton : high === Infinity ? low * 2 : (low + high) / 2;
  }
  return precision;
}

/**
 * Writes the row's probabilities at a precision. The entropy does not change where all distances are less by the nearest.
 * @returns their entropy, and the variance of the exponents
 */
function weigh(row: Float64Array, distances: Float64Array, self: number, nearest: number, precision: number) {
  let [sum, first, second] = [0, 0, 0];
  for (let j = 0; j < row.length; j++) {
    const exponent = precision * (distances[j] - nearest);
    row[j] = j === self || exponent > NOTHING ? 0 : exp(-exponent);
    sum += row[j];
    first += row[j] * exponent;
    second += row[j] * exponent * exponent;
  }
  for (let j = 0; j < row.length; j++) row[j] /= sum;
  const mean = first / sum;
  return { entropy: ln(sum) + mean, variance: second / sum - mean * mean };
}
