import type { Histogram } from "./trainingRecord.js";

/**
 * How numbers are spread, each of them counted: those that are finite in equal bins from the least to the greatest, which belongs to the last bin. Where
 * all are equal they are in the first bin; where there are none, both ends are 0. A diagnosis, which must be quick, counts samples of them instead.
 */
export function exactHistogram(values: ArrayLike<number>, bins: number): Histogram {
  let [min, max] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    if (values[i] < min) min = values[i];
    if (values[i] > max) max = values[i];
  }
  const counts = new Array<number>(bins).fill(0);
  if (min > max) return { min: 0, max: 0, counts };
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) counts[max > min ? Math.min(bins - 1, Math.floor((bins * (values[i] - min)) / (max - min))) : 0]++;
  }
  return { min, max, counts };
}
