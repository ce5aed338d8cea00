import type { Label } from "./task.js";

/** Figures of one class. */
export interface ClassScore {
  readonly class: Label;
  /** The share of the rows that are predicted to be of the class which are. 0 if there are none. */
  readonly precision: number;
  /** The share of the rows of the class that are predicted to be. 0 if there are none. */
  readonly recall: number;
  /** 2 · precision · recall / (precision + recall). */
  readonly f1: number;
  /** The rows of the class. */
  readonly rows: number;
}

/** How well classes are predicted. */
export interface ClassificationScores {
  readonly task: "classification";
  readonly rows: number;
  readonly accuracy: number;
  /** The mean of the classes' F1, over the classes that occur. */
  readonly macroF1: number;
  /** The mean of −ln of the probability that the true class was given. */
  readonly logLoss: number;
  /** The accuracy of always predicting the class that most rows of the training had. */
  readonly baselineAccuracy: number;
  readonly classes: readonly ClassScore[];
  /** confusion[true class][predicted class]; null for more than 100 classes. */
  readonly confusion: readonly (readonly number[])[] | null;
}

/** How well numbers are predicted. */
export interface RegressionScores {
  readonly task: "regression";
  readonly rows: number;
  /** The root of the mean squared error. */
  readonly rmse: number;
  /** The mean of the absolute errors. */
  readonly mae: number;
  /** 1 − Σ(y − ŷ)² / Σ(y − mean of y)²: 1 is perfect, 0 as good as the mean; NaN where all y are the same. */
  readonly r2: number;
  /** The RMSE of always predicting the mean of the training. */
  readonly baselineRmse: number;
}

export type TableScores = ClassificationScores | RegressionScores;

/** The most classes of which a confusion matrix is made. */
const MOST_CONFUSED = 100;

/** The figures of predicted classes. @param usual the class that most rows of the training had */
export function classificationScores(
  labels: readonly Label[],
  predicted: ArrayLike<number>,
  truth: ArrayLike<number>,
  usual: number,
  logLoss: number,
): ClassificationScores {
  const rows = truth.length;
  const counts = labels.map(() => ({ hits: 0, predicted: 0, rows: 0 }));
  const confusion = labels.length > MOST_CONFUSED ? null : labels.map(() => new Array<number>(labels.length).fill(0));
  for (let row = 0; row < rows; row++) {
    counts[truth[row]].rows++;
    counts[predicted[row]].predicted++;
    if (truth[row] === predicted[row]) counts[truth[row]].hits++;
    if (confusion !== null) confusion[truth[row]][predicted[row]]++;
  }
  const classes = counts.map((count, i) => classScore(labels[i], count));
  const occurring = classes.filter((_, i) => counts[i].rows + counts[i].predicted > 0);
  return {
    task: "classification",
    rows,
    accuracy: counts.reduce((sum, { hits }) => sum + hits, 0) / rows,
    macroF1: occurring.reduce((sum, { f1 }) => sum + f1, 0) / occurring.length,
    logLoss,
    baselineAccuracy: counts[usual].rows / rows,
    classes,
    confusion,
  };
}

function classScore(label: Label, { hits, predicted, rows }: { hits: number; predicted: number; rows: number }): ClassScore {
  return {
    class: label,
    precision: predicted === 0 ? 0 : hits / predicted,
    recall: rows === 0 ? 0 : hits / rows,
    f1: predicted + rows === 0 ? 0 : (2 * hits) / (predicted + rows),
    rows,
  };
}

/** The figures of predicted numbers. @param usual the mean of the training */
export function regressionScores(predicted: ArrayLike<number>, truth: ArrayLike<number>, usual: number): RegressionScores {
  const rows = truth.length;
  let mean = 0;
  for (let row = 0; row < rows; row++) mean += (truth[row] - mean) / (row + 1);
  let [squares, absolutes, around, usualSquares] = [0, 0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const error = truth[row] - predicted[row];
    squares += error * error;
    absolutes += Math.abs(error);
    around += (truth[row] - mean) * (truth[row] - mean);
    usualSquares += (truth[row] - usual) * (truth[row] - usual);
  }
  return {
    task: "regression",
    rows,
    rmse: Math.sqrt(squares / rows),
    mae: absolutes / rows,
    r2: around === 0 ? Number.NaN : 1 - squares / around,
    baselineRmse: Math.sqrt(usualSquares / rows),
  };
}
