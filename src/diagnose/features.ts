import type { Tensor } from "../tensor/tensor.js";
import type { DataSpread } from "./input.js";

/** The deviations of the columns of [n, features], and of the channels of [n, channels, …]. */
export function featuresOf(x: Tensor): NonNullable<DataSpread["features"]> {
  const elements = x.view();
  const count = x.shape[1];
  const inner = x.shape.slice(2).reduce((product, extent) => product * extent, 1);
  const sums = new Float64Array(count);
  const squares = new Float64Array(count);
  const each = (use: (value: number, feature: number) => void): void => {
    for (let i = 0, at = 0; at < elements.length; i = i + 1 === count ? 0 : i + 1) {
      for (const end = at + inner; at < end; at++) use(elements[at], i);
    }
  };
  each((value, feature) => {
    sums[feature] += value;
  });
  const n = elements.length / count;
  each((value, feature) => {
    const away = value - sums[feature] / n;
    squares[feature] += away * away;
  });
  const deviations = Array.from(squares, (sum) => Math.sqrt(sum / n));
  const moving = deviations.filter((deviation) => deviation > 0);
  return { least: least(moving), greatest: Math.max(0, ...moving), constant: count - moving.length, count };
}

function least(values: readonly number[]): number {
  return values.length === 0 ? 0 : Math.min(...values);
}
