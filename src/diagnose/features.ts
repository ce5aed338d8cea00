import type { Tensor } from "../tensor/tensor.js";
import type { DataSpread } from "./input.js";

/** The deviations of the columns of [n, features], and of the channels of [n, channels, …]. */
export function featuresOf(x: Tensor): NonNullable<DataSpread["features"]> {
  const count = x.shape[1];
  const deviations = deviationsOf(
    x.view() as Float32Array,
    count,
    x.shape.slice(2).reduce((product, extent) => product * extent, 1),
  );
  let [least, greatest, constant] = [Infinity, 0, 0];
  for (const deviation of deviations) {
    if (deviation === 0) constant++;
    else least = Math.min(least, deviation);
    greatest = Math.max(greatest, deviation);
  }
  return { least: constant === count ? 0 : least, greatest, constant, count };
}

/** @param inner elements of a feature that lie one behind the other */
function deviationsOf(elements: Float32Array, count: number, inner: number): Float64Array {
  const n = elements.length / count;
  const sums = new Float64Array(count);
  const squares = new Float64Array(count);
  // A feature stands at every count · inner elements: rows are walked in their order, which is that of memory. What is taken from a feature's
  // elements before they are squared is its first one, so that a mean far from 0 costs no digits.
  for (let at = 0; at < elements.length; )
    for (let feature = 0; feature < count; feature++) {
      const shift = elements[feature * inner];
      let sum = 0;
      let square = 0;
      for (const end = at + inner; at < end; at++) {
        const away = elements[at] - shift;
        sum += away;
        square += away * away;
      }
      sums[feature] += sum;
      squares[feature] += square;
    }
  return squares.map((square, feature) => {
    const away = sums[feature] / n;
    return Math.sqrt(Math.max(0, square / n - away * away));
  });
}
