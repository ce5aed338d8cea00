import { noGrad } from "../../graph/mode.js";
import { relu } from "../../ops/activations.js";
import { linear } from "../../ops/linear.js";
import { tensor } from "../../tensor/creation.js";

/** A network of one hidden layer of ReLUs, offset + Σ weightᵢ · relu(x − knotᵢ), whose line goes through a function's values at even places. */
export interface ReluSum {
  /** Where the units begin, and behind them the end of the range. */
  readonly knots: readonly number[];
  /** The function's values at the knots. */
  readonly heights: readonly number[];
  /** The value at the first knot. */
  readonly offset: number;
  /** How much the slope changes at each knot but the last. */
  readonly weights: readonly number[];
}

/** @param units ReLUs, each of which begins a straight piece */
export function reluSum(f: (x: number) => number, from: number, to: number, units: number): ReluSum {
  const step = (to - from) / units;
  const knots = Array.from({ length: units + 1 }, (_, i) => (i === units ? to : from + i * step));
  const heights = knots.map((knot) => f(knot));
  const slopes = knots.slice(1).map((_, i) => (heights[i + 1] - heights[i]) / step);
  return { knots, heights, offset: heights[0], weights: slopes.map((slope, i) => slope - (slopes[i - 1] ?? 0)) };
}

/** What the network gives, computed by two linear layers with a ReLU between. */
export function valuesOf({ knots, offset, weights }: ReluSum, x: readonly number[]): number[] {
  const units = weights.length;
  const ones = tensor(new Float64Array(units).fill(1), { shape: [units, 1], dtype: "float64" });
  const begins = tensor(
    knots.slice(0, units).map((knot) => -knot),
    { dtype: "float64" },
  );
  const inputs = tensor([...x], { shape: [x.length, 1], dtype: "float64" });
  const out = noGrad(() =>
    linear(
      relu(linear(inputs, ones, begins)),
      tensor([...weights], { shape: [1, units], dtype: "float64" }),
      tensor([offset], { dtype: "float64" }),
    ),
  );
  return [...out.data];
}

/** The hat at a knot, which is three ReLUs: 1 there, 0 at its neighbours and beyond. */
export function hatAt(i: number, { knots }: ReluSum): (x: number) => number {
  const step = knots[1] - knots[0];
  return (x) => Math.max(0, 1 - Math.abs(x - knots[i]) / step);
}
