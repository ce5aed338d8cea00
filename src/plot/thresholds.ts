import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { scoreGroups } from "../train/metrics/scoreGroups.js";

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
  const points: ThresholdPoint[] = [{ threshold: Infinity, truePositive: 0, falsePositive: 0, precision: 1 }];
  let [hits, falseAlarms] = [0, 0];
  for (const group of scoreGroups(scores, truths)) {
    hits += group.hits;
    falseAlarms += group.falseAlarms;
    const precision = hits / (hits + falseAlarms);
    points.push({ threshold: group.score, truePositive: hits / positives, falsePositive: falseAlarms / negatives, precision });
  }
  return points;
}
