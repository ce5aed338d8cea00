/** The samples of one score: how much of them is true, and how much is not. */
export interface ScoreGroup {
  readonly score: number;
  readonly hits: number;
  readonly falseAlarms: number;
}

/**
 * Scores in groups of equal ones, from the greatest down: what each threshold adds to what is taken for true. Curves and areas of thresholds are
 * sums over them.
 * @param truths true or 1 where a sample is true
 * @param weights how much each sample counts; default 1
 */
export function* scoreGroups(
  scores: ArrayLike<number>,
  truths: ArrayLike<boolean | number>,
  weights?: ArrayLike<number>,
): Generator<ScoreGroup> {
  const order = Array.from(scores, (_, i) => i).sort((a, b) => scores[b] - scores[a]);
  let i = 0;
  while (i < order.length) {
    let [hits, falseAlarms] = [0, 0];
    const score = scores[order[i]];
    do {
      const weight = weights?.[order[i]] ?? 1;
      if (truths[order[i]]) hits += weight;
      else falseAlarms += weight;
      i++;
    } while (i < order.length && scores[order[i]] === score);
    yield { score, hits, falseAlarms };
  }
}
