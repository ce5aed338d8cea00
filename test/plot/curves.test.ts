import { expect, test } from "vitest";
import { ArgumentError, ShapeError } from "../../src/errors/errors.js";
import { tensor } from "../../src/index.js";
import { cosineDecay } from "../../src/optim/schedules.js";
import type { Figure } from "../../src/plot/figure.js";
import { capacityCurve } from "../../src/plot/figures/capacityCurve.js";
import { errorsByWidth } from "../../src/plot/figures/doubleDescent.js";
import { thresholdsOf } from "../../src/plot/thresholds.js";
import { thinned, trendOf } from "../../src/plot/trend.js";
import * as plot from "../../src/plot.js";

/** Scores of two classes that overlap, in quarters, so that many are equal. */
const scores = Array.from({ length: 60 }, (_, i) => Math.round(((i * 37) % 61) / 5 + (i % 2) * 3) / 4);
const labels = scores.map((_, i) => i % 2);
const positives = scores.filter((_, i) => labels[i] === 1);
const negatives = scores.filter((_, i) => labels[i] === 0);

test("each point is what its threshold makes of the scores", () => {
  const points = thresholdsOf("test", scores, labels);
  expect(points.map(({ threshold }) => threshold)).toEqual([Infinity, ...[...new Set(scores)].sort((a, b) => b - a)]);
  for (const { threshold, truePositive, falsePositive, precision } of points.slice(1)) {
    const [hits, falseAlarms] = [positives, negatives].map((some) => some.filter((score) => score >= threshold).length);
    expect([truePositive, falsePositive]).toEqual([hits / positives.length, falseAlarms / negatives.length]);
    expect(precision).toBe(hits / (hits + falseAlarms));
  }
});

test("a trend of equal numbers is that number; what is not finite leaves it where it was", () => {
  for (const value of trendOf([5, 5, 5, 5], 0.9)) expect(value).toBeCloseTo(5, 12);
  const [first, second, third, fourth] = trendOf([Number.NaN, 2, 6, Infinity], 0.5);
  expect([first, second]).toEqual([Number.NaN, 2]);
  expect(third).toBeCloseTo((0.25 * 2 + 0.5 * 6) / 0.75, 12);
  expect(fourth).toBe(third);
});

test("thinned keeps both ends, and no more than it may", () => {
  expect(thinned(5, 9)).toEqual([0, 1, 2, 3, 4]);
  expect(thinned(101, 5)).toEqual([0, 25, 50, 75, 100]);
});

test("networks are worst where they just fit all samples, and better beyond than before", async () => {
  const curve = await errorsByWidth({ samples: 40, draws: 2, alpha: 0 });
  const errorAt = (width: number) => curve.find(({ value }) => value === width) as (typeof curve)[number];
  const before = Math.min(...curve.filter(({ value }) => value < 40).map(({ validation }) => validation.mean));
  const worst = curve.reduce((a, b) => (b.validation.mean > a.validation.mean ? b : a));
  expect(Math.abs(worst.value - 40)).toBeLessThanOrEqual(2);
  expect(worst.validation.mean).toBeGreaterThan(5 * before);
  expect(errorAt(320).validation.mean).toBeLessThan(before);
  expect(errorAt(320).train.mean).toBeLessThan(1e-12);
  expect(errorAt(4).train.mean).toBeGreaterThan(0.1);
});

/** The `d` of the paths with a stroke of this colour. */
function pathsOf({ svg }: Figure, color: string): string[] {
  return [...svg.matchAll(/<path d="([^"]*)" stroke="(#[0-9a-f]+)"/g)].filter(([, , stroke]) => stroke === color).map(([, d]) => d);
}

test("figures of a history: validation beside training, an epoch more a corner more, and the names of metrics as words", async () => {
  const history = { loss: [4, 2, 1], valLoss: [4, 3, Number.NaN], meanAbsoluteError: [1, 0.5, 0] };
  const figure = await plot.lossCurves({ history, epoch: [4, 5, 6] });
  expect(figure.svg).toMatch(/>mean absolute error<.*>training<.*>validation</s);
  const [loss, error] = pathsOf(figure, "#0072b2");
  expect([loss, error].map((d) => d.match(/[ML]/g)?.length)).toEqual([3, 3]);
  await expect(plot.lossCurves({ loss: [1], accuracy: [1, 2] })).rejects.toThrow(
    "lossCurves: history.accuracy has 2 numbers, history.loss has 1; expected what fit returned, the run of a RunRecorder, or lists of numbers of one length by name",
  );
  // The same as a run: JSON has null for what is not finite.
  const run = { id: "a", epochs: { epoch: [4, 5, 6], figures: { ...history, valLoss: [4, 3, null] } } };
  expect((await plot.lossCurves(run)).svg).toBe(figure.svg);
  await expect(plot.lossCurves({ epochs: { epoch: [], figures: {} } })).rejects.toThrow("the history has no figures");
});

test("a schedule is drawn where it is", async () => {
  const figure = await plot.scheduleCurves({ half: cosineDecay(1, { steps: 2 }) }, { steps: 2 });
  // 190 × 110 pixels: rates 1, ½ and 0, each until the next step.
  expect(pathsOf(figure, "#0072b2")).toEqual(["M0,0L95,0L95,55L190,55L190,110"]);
  await expect(plot.scheduleCurves({})).rejects.toThrow(ArgumentError);
});

test("ROC and precision take one score or several, and say what does not fit", async () => {
  const named = await plot.rocCurve({ good: tensor([0.9, 0.8, 0.1]), bad: tensor([0.1, 0.2, 0.9]) }, [1, 1, 0]);
  expect(named.svg).toMatch(/good, AUC 1\.000.*bad, AUC 0\.000/s);
  // A pair of equal scores counts half: 1.5 of 3 pairs are in order. Scores may be any numbers.
  expect((await plot.rocCurve([-3, 7, 7, 90], [0, 1, 0, 0])).svg).toContain("model, AUC 0.500");
  expect((await plot.precisionRecallCurve([0.9, 0.8, 0.1], [1, 0, 0])).svg).toContain("AP 1.000");
  // Precisions 1 and 2/3, each with half of the recall.
  expect((await plot.precisionRecallCurve([4, 3, 2, 1], [1, 0, 1, 0])).svg).toContain("AP 0.833");
  await expect(plot.rocCurve([0.9, 0.8], [1, 2])).rejects.toThrow("rocCurve: the labels hold 2; expected 0 and 1");
  await expect(plot.rocCurve([0.9, 0.8], [1, 1])).rejects.toThrow("all 2 labels are 1; expected both classes");
  await expect(plot.rocCurve([[0.9, 0.1]], [1])).rejects.toThrow(ShapeError);
});

test("calibration tells the error of each model", async () => {
  const figure = await plot.calibrationCurve({ sure: tensor([0.9, 0.9]), right: tensor([0.5, 0.5]) }, tensor([1, 0]), { bins: 5 });
  expect(figure.svg).toMatch(/sure, ECE 0\.400.*right, ECE 0\.000/s);
});

test("a learning rate curve marks what was found, and steps of several runs have their names", async () => {
  const curve = { rates: [0.1, 1, 10], losses: [3, 2, 9], smoothed: [3, 2, 9], diverged: true, suggestion: 1, valley: 1, steepest: 0.1 };
  const { svg } = await plot.learningRateCurve(curve);
  for (const words of ["explodes beyond 10;", "suggestion 1.0", "steepest 0.10"]) expect(svg).toContain(words);
  await expect(plot.learningRateCurve([] as never)).rejects.toThrow("expected what findLearningRate returned");
  expect((await plot.stepLosses({ adam: [3, 2, 1], sgd: { steps: { loss: [3, 3, 2] } } })).svg).toMatch(/>adam<.*>sgd</s);
  await expect(plot.stepLosses({ adam: [] })).rejects.toThrow("stepLosses: runs.adam has no losses");
});

test("bands of capacity reach as far below as above, also where the axis is logarithmic", async () => {
  const spread = { mean: 1, std: 1 };
  const points = [1, 2].map((value) => ({ value, train: spread, validation: spread }));
  const { svg } = await capacityCurve(points, { logError: true });
  // From ½ to 2 around 1: the whole height.
  const [, low, high] = svg.match(/<path d="M[\d.]+,([\d.]+)L[\d.]+,[\d.]+L[\d.]+,[\d.]+L[\d.]+,([\d.]+)Z" fill/) ?? [];
  expect([low, high].sort()).toEqual(["0", "320"]);
  expect(pathsOf({ svg } as Figure, "#0072b2")).toEqual(["M8,160L552,160"]);
  await expect(capacityCurve([{ value: 1 }] as never)).rejects.toThrow("expected what validationCurve returned");
});
