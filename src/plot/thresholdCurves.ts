import { tensor } from "../tensor/creation.js";
import type { TensorLike } from "../tensor/nested.js";
import type { Metric } from "../train/metrics/metric.js";
import { readBinary, type Scores } from "./scores.js";
import { type ThresholdPoint, thresholdsOf } from "./thresholds.js";
import { thinned } from "./trend.js";

/** More corners than these cannot be told apart. */
const MOST = 300;

/** Curves over all thresholds of scores that tell yes from no, as rows of a chart. */
export interface ThresholdCurves {
  readonly rows: readonly { readonly label: string; readonly x: number; readonly y: number }[];
  /** A label for each model, in the order given. */
  readonly labels: readonly string[];
  /** 0 or 1 for each sample. */
  readonly truths: Float64Array;
}

/**
 * @param area the metric that is the area below a curve, and what it is called behind the name of a model
 * @param at where a point lies
 * @throws ArgumentError, ShapeError
 */
export function thresholdCurves(
  op: string,
  scores: Scores,
  labels: TensorLike,
  { area, at }: { area: { readonly name: string; readonly metric: Metric }; at(point: ThresholdPoint): { x: number; y: number } },
): ThresholdCurves {
  const { named, truths } = readBinary(op, scores, labels);
  const curves = [...named].map(([name, values]) => {
    const points = thresholdsOf(op, values, truths);
    area.metric.reset();
    area.metric.update(tensor(values, { dtype: "float64" }), tensor(truths, { dtype: "float64" }));
    return { label: `${name}, ${area.name} ${area.metric.result().toFixed(3)}`, points };
  });
  const rows = curves.flatMap(({ label, points }) => thinned(points.length, MOST).map((i) => ({ label, ...at(points[i]) })));
  return { rows, labels: curves.map(({ label }) => label), truths };
}
