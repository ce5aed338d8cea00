import type { TensorLike } from "../tensor/nested.js";
import { type ThresholdPoint, thresholdsOf } from "./ranking.js";
import { readBinary, type Scores } from "./scores.js";
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
 * @param summary what stands behind the name of a model, of the points of its curve
 * @param at where a point lies
 * @throws ArgumentError, ShapeError
 */
export function thresholdCurves(
  op: string,
  scores: Scores,
  labels: TensorLike,
  { summary, at }: { summary(points: ThresholdPoint[]): string; at(point: ThresholdPoint): { x: number; y: number } },
): ThresholdCurves {
  const { named, truths } = readBinary(op, scores, labels);
  const curves = [...named].map(([name, values]) => {
    const points = thresholdsOf(op, values, truths);
    return { label: `${name}, ${summary(points)}`, points };
  });
  const rows = curves.flatMap(({ label, points }) => thinned(points.length, MOST).map((i) => ({ label, ...at(points[i]) })));
  return { rows, labels: curves.map(({ label }) => label), truths };
}
