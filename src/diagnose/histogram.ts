import type { NumberArray } from "../memory/views.js";
import type { Histogram } from "../train/trainingRecord.js";
import { strideOf } from "./sample.js";

/** Counts some elements of a list, evenly spaced where it is long, in equal bins from the least to the greatest that is finite. */
export function histogramOf(elements: NumberArray, min: number, max: number, bins: number): Histogram {
  const [from, to] = widened(min, max);
  const counts = new Array<number>(bins).fill(0);
  const scale = bins / (to - from);
  const last = bins - 1;
  const stride = strideOf(elements.length);
  for (let i = 0; i < elements.length; i += stride) {
    const bin = (elements[i] - from) * scale;
    // The greatest number belongs to the last bin.
    if (bin >= 0 && bin <= bins) counts[bin > last ? last : bin | 0]++;
  }
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
