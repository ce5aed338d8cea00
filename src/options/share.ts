/**
 * A share of a count, to be rounded by the caller. The float of a share may be a little less than the number meant: 0.29 · 100 is
 * 28.999999999999996, and 1 − 0.9 is 0.09999999999999998. So the product is raised by more than such errors, 2⁻⁵⁰ of the count; a share
 * with up to 15 digits stays on its side of every whole number.
 * @param share 0 … 1
 * @param count whole number ≥ 0
 */
export function shareOf(count: number, share: number): number {
  return count * share + count * 4 * Number.EPSILON;
}
