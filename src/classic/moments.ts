import type { Rows } from "./samples.js";

/** The mean of each feature. */
export function meansOf({ n, width, values }: Rows): Float64Array {
  const means = new Float64Array(width);
  for (let i = 0; i < values.length; i++) means[i % width] += values[i] / n;
  return means;
}

/** The variance of each feature, divided by n. */
export function variancesOf(rows: Rows): Float64Array {
  const { n, width, values } = rows;
  const means = meansOf(rows);
  const squares = new Float64Array(width);
  for (let i = 0; i < values.length; i++) squares[i % width] += (values[i] - means[i % width]) * (values[i] - means[i % width]);
  return squares.map((square) => square / n);
}
