import type { Histogram } from "../train/trainingRecord.js";
import { countInto } from "./vectors.js";

/** Counts numbers in equal bins from the least to the greatest that is finite. */
export function histogramOf(sample: Float64Array, min: number, max: number, bins: number): Histogram {
  const [from, to] = widened(min, max);
  // The greatest number begins one bin more.
  const found = new Uint32Array(bins + 1);
  countInto(found, sample, from, bins / (to - from));
  found[bins - 1] += found[bins];
  const counts: number[] = [];
  for (let bin = 0; bin < bins; bin++) counts.push(found[bin]);
  return { min: from, max: to, counts };
}

/** One histogram of two: what is in a bin counts as its middle. */
export function joined(a: Histogram, b: Histogram): Histogram {
  const [min, max] = [Math.min(a.min, b.min), Math.max(a.max, b.max)];
  const bins = a.counts.length;
  const counts = new Array<number>(bins).fill(0);
  for (const part of [a, b]) {
    const width = (part.max - part.min) / bins;
    for (const [i, count] of part.counts.entries()) {
      const middle = part.min + (i + 0.5) * width;
      counts[Math.min(bins - 1, Math.floor(((middle - min) / (max - min)) * bins))] += count;
    }
  }
  return { min, max, counts };
}

/** Ends that differ. Without a finite number: 0 and 1. */
function widened(min: number, max: number): [number, number] {
  if (min > max) return [0, 1];
  if (min < max) return [min, max];
  const half = Math.max(0.5, Math.abs(min) / 2);
  return [min - half, max + half];
}
