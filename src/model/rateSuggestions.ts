/** Places on the curve of a sweep over learning rates; null where the losses never fall. */

/** The middle of the longest descending subsequence of the losses. */
export function valley(losses: readonly number[]): number | null {
  /** The length of the longest descent that ends at each place, and the place before it in that descent. */
  const lengths: number[] = [];
  const before: number[] = [];
  let end = 0;
  for (const [i, loss] of losses.entries()) {
    let last = -1;
    for (let j = 0; j < i; j++) if (losses[j] > loss && (last < 0 || lengths[j] > lengths[last])) last = j;
    before.push(last);
    lengths.push(last < 0 ? 1 : lengths[last] + 1);
    if (lengths[i] > lengths[end]) end = i;
  }
  const length = lengths[end] ?? 0;
  if (length < 2) return null;
  let place = end;
  for (let back = Math.floor(length / 2); back > 0; back--) place = before[place];
  return place;
}

/** Where the losses fall most steeply over `xs`, by differences of neighbours; not behind the least loss. */
export function steepest(xs: readonly number[], losses: readonly number[]): number | null {
  const least = losses.indexOf(Math.min(...losses));
  let found: number | null = null;
  let slope = 0;
  for (let i = 1; i <= least; i++) {
    const after = Math.min(i + 1, losses.length - 1);
    const here = (losses[after] - losses[i - 1]) / (xs[after] - xs[i - 1]);
    if (here < slope) {
      slope = here;
      found = i;
    }
  }
  return found;
}
