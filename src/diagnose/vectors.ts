/**
 * Sums over lists. A loop is all that such a function does: V8 compiles a long loop while it runs, and what follows it in the same function,
 * and has not run yet, would undo that each time.
 */

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** |a − b|² */
export function squaredDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = a[i] - b[i];
    sum += difference * difference;
  }
  return sum;
}

/** Adds to `counts` how many numbers lie in each part of the axis that begins at `from` and is 1 / `scale` wide; others are left out. */
export function countInto(counts: Uint32Array, sample: Float64Array, from: number, scale: number): void {
  const most = counts.length;
  for (let i = 0; i < sample.length; i++) {
    const bin = (sample[i] - from) * scale;
    if (bin >= 0 && bin < most) counts[bin | 0]++;
  }
}
