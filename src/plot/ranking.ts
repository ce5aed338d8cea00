import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";

/** What a threshold makes of a score that tells yes from no. */
export interface ThresholdPoint {
  /** Scores from here up are taken for yes. +∞ for the first point, at which nothing is. */
  readonly threshold: number;
  /** Of what is true, the share that is taken for yes: the recall. */
  readonly truePositive: number;
  /** Of what is false, the share that is taken for yes. */
  readonly falsePositive: number;
  /** Of what is taken for yes, the share that is true; 1 where nothing is. */
  readonly precision: number;
}

/**
 * Every threshold at which something changes, from the greatest score down: equal scores are one step.
 * @param truths 0 or 1 for each score
 * @throws ArgumentError if all are true, or none
 */
export function thresholdsOf(op: string, scores: ArrayLike<number>, truths: ArrayLike<number>): ThresholdPoint[] {
  const positives = Array.from(truths).filter((truth) => truth === 1).length;
  const negatives = truths.length - positives;
  if (positives === 0 || negatives === 0) {
    throw new ArgumentError(message(op, `all ${truths.length} labels are ${positives === 0 ? 0 : 1}; expected both classes`));
  }
  const order = Array.from(truths, (_, i) => i).sort((a, b) => scores[b] - scores[a]);
  const points: ThresholdPoint[] = [{ threshold: Infinity, truePositive: 0, falsePositive: 0, precision: 1 }];
  let [hits, falseAlarms] = [0, 0];
  for (const [place, i] of order.entries()) {
    if (truths[i] === 1) hits++;
    else falseAlarms++;
    if (place + 1 < order.length && scores[order[place + 1]] === scores[i]) continue;
    points.push({
      threshold: scores[i],
      truePositive: hits / positives,
      falsePositive: falseAlarms / negatives,
      precision: hits / (hits + falseAlarms),
    });
  }
  return points;
}

/** The area under the ROC curve, by trapezoids: the probability that what is true has a greater score than what is not. */
export function rocArea(points: readonly ThresholdPoint[]): number {
  return points.slice(1).reduce((area, { falsePositive, truePositive }, i) => {
    const before = points[i];
    return area + ((falsePositive - before.falsePositive) * (truePositive + before.truePositive)) / 2;
  }, 0);
}

/** The average precision: the precision of each step, weighted by the recall that it adds. */
export function averagePrecision(points: readonly ThresholdPoint[]): number {
  return points.slice(1).reduce((sum, { truePositive, precision }, i) => sum + (truePositive - points[i].truePositive) * precision, 0);
}
