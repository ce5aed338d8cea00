import { expect, test } from "vitest";
import { classificationScores, regressionScores } from "../../src/tables/scores.js";

test("classes, against scikit-learn's classification_report", () => {
  const scores = classificationScores(["a", "b", "c"], [0, 0, 2, 2, 1], [0, 1, 2, 2, 2], 2, 0.5);
  expect(scores).toMatchObject({ rows: 5, accuracy: 0.6, logLoss: 0.5, baselineAccuracy: 0.6 });
  expect(scores.confusion).toEqual([
    [1, 0, 0],
    [1, 0, 0],
    [0, 1, 2],
  ]);
  expect(scores.classes).toEqual([
    { class: "a", precision: 0.5, recall: 1, f1: 2 / 3, rows: 1 },
    { class: "b", precision: 0, recall: 0, f1: 0, rows: 1 },
    { class: "c", precision: 1, recall: 2 / 3, f1: 0.8, rows: 3 },
  ]);
  expect(scores.macroF1).toBeCloseTo((2 / 3 + 0 + 0.8) / 3, 12);
});

test("a class that neither occurs nor is predicted does not count in the mean of F1", () => {
  expect(classificationScores(["a", "b", "c"], [0, 1], [0, 1], 0, 0).macroF1).toBe(1);
});

// The example of scikit-learn's r2_score and mean_absolute_error.
test("numbers", () => {
  const scores = regressionScores([2.5, 0, 2, 8], [3, -0.5, 2, 7], 2.875);
  expect(scores.r2).toBeCloseTo(0.9486081370449679, 12);
  expect(scores.mae).toBe(0.5);
  expect(scores.rmse).toBeCloseTo(Math.sqrt(0.375), 12);
  expect(scores.baselineRmse).toBeCloseTo(Math.sqrt((0.125 ** 2 + 3.375 ** 2 + 0.875 ** 2 + 4.125 ** 2) / 4), 12);
  expect(regressionScores([1, 2], [1, 1], 1).r2).toBeNaN();
});
