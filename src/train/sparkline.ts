const BARS = "▁▂▃▄▅▆▇█";

/**
 * A curve in a line of text: a bar for each number, from the least to the greatest.
 * @param values numbers; those that are not finite are gaps
 * @param columns the most characters: of more numbers some are taken, evenly spaced, the first and the last among them
 */
export function sparkline(values: readonly number[], columns: number): string {
  const shown = spread(values.length, columns).map((i) => values[i]);
  const finite = shown.filter(Number.isFinite);
  const low = Math.min(...finite);
  const scale = (BARS.length - 1) / (Math.max(...finite) - low || 1);
  return shown.map((value) => (Number.isFinite(value) ? BARS[Math.round((value - low) * scale)] : " ")).join("");
}

/** Some of `length` places, evenly spaced, both ends among them. */
export function spread(length: number, most: number): number[] {
  const n = Math.min(length, Math.max(2, most));
  return Array.from({ length: n }, (_, i) => (n === 1 ? 0 : Math.round((i * (length - 1)) / (n - 1))));
}
