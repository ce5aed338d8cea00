import { unitCircle } from "../circle.js";

/** A symmetric 2 × 2 matrix [[xx, xy], [xy, yy]]. */
export interface Covariance2 {
  readonly xx: number;
  readonly xy: number;
  readonly yy: number;
}

/** Corners of an ellipse. */
const CORNERS = 64;

/**
 * The places whose Mahalanobis distance from the mean is `radius`: m + radius · L (cos t, sin t), with L Lᵀ = Σ after Cholesky.
 * @returns closed: the last place is the first
 */
export function ellipse(mean: readonly [number, number], { xx, xy, yy }: Covariance2, radius: number): [number, number][] {
  const a = Math.sqrt(Math.max(xx, 0));
  const b = a > 0 ? xy / a : 0;
  const c = Math.sqrt(Math.max(yy - b * b, 0));
  return unitCircle(CORNERS).map(([cos, sin]) => [mean[0] + radius * a * cos, mean[1] + radius * (b * cos + c * sin)]);
}

/** Mean and covariance, divided by n − 1 as by whitening, of n ≥ 2 places in the plane: x₀, y₀, x₁, y₁ … */
export function spreadOfPlaces(places: ArrayLike<number>): { mean: [number, number]; covariance: Covariance2 } {
  const n = places.length / 2;
  const mean: [number, number] = [0, 0];
  for (let i = 0; i < places.length; i++) mean[i % 2] += places[i] / n;
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [dx, dy] = [places[2 * i] - mean[0], places[2 * i + 1] - mean[1]];
    xx += (dx * dx) / (n - 1);
    xy += (dx * dy) / (n - 1);
    yy += (dy * dy) / (n - 1);
  }
  return { mean, covariance: { xx, xy, yy } };
}

/** One range for both axes around places, x₀, y₀, x₁, y₁ …, so that a circle is round. */
export function squareAround(places: ArrayLike<number>): { x: readonly [number, number]; y: readonly [number, number] } {
  const [low, high] = [
    [Infinity, Infinity],
    [-Infinity, -Infinity],
  ];
  for (let i = 0; i < places.length; i++) {
    low[i % 2] = Math.min(low[i % 2], places[i]);
    high[i % 2] = Math.max(high[i % 2], places[i]);
  }
  const half = (Math.max(high[0] - low[0], high[1] - low[1]) / 2) * 1.08 || 1;
  const [x, y] = [0, 1].map((axis) => {
    const middle = (low[axis] + high[axis]) / 2;
    return [middle - half, middle + half] as const;
  });
  return { x, y };
}
