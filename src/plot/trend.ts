/**
 * The trend of noisy numbers: their running mean s ← βs + (1 − β)·v, divided by 1 − βᵗ, so that it does not begin at 0. Numbers that are not
 * finite are left out: the trend stays where it was, and is NaN before the first.
 * @param smoothing β, from 0 to below 1
 */
export function trendOf(values: readonly number[], smoothing: number): number[] {
  let [mean, weight] = [0, 0];
  return values.map((value) => {
    if (Number.isFinite(value)) {
      mean = smoothing * mean + (1 - smoothing) * value;
      weight = smoothing * weight + (1 - smoothing);
    }
    return mean / weight;
  });
}

/** At most `most` places of a list, evenly spread, the last among them. */
export function thinned(length: number, most: number): number[] {
  const n = Math.min(length, most);
  return Array.from({ length: n }, (_, i) => (n < 2 ? length - 1 : Math.round((i * (length - 1)) / (n - 1))));
}
