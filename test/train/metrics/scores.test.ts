import { describe, expect, test } from "vitest";
import { tokenCrossEntropy } from "../../../src/data/tokenCrossEntropy.js";
import {
  BalancedAccuracy,
  Brier,
  binaryCrossEntropy,
  CohenKappa,
  ConfusionMatrix,
  crossEntropy,
  Dense,
  FBeta,
  LogLoss,
  MAPE,
  MeanMetric,
  type Metric,
  Perplexity,
  PrAuc,
  Precision,
  R2,
  Recall,
  RMSE,
  RocAuc,
  Sequential,
  type Tensor,
  tensor,
} from "../../../src/index.js";
import { failure } from "../../support/errors.js";
import { normals } from "../../support/kernels.js";

/** What a metric says of one batch, or of several. */
function figure(metric: Metric, ...batches: [Tensor, Tensor, Tensor?][]): number {
  metric.reset();
  for (const batch of batches) metric.update(...batch);
  return metric.result();
}

const numbers = (shape: [number, number], seed: number): Tensor => tensor(normals(shape[0] * shape[1], seed), { shape });
const int = (values: number[]): Tensor => tensor(values, { dtype: "int32" });
const rows = (classes: number[], width = 3): Tensor =>
  tensor(classes.map((found) => Array.from({ length: width }, (_, c) => (c === found ? 1 : 0))));

describe("scikit-learn's worked examples", () => {
  const [truth, found] = [int([0, 1, 2, 0, 1, 2]), rows([0, 2, 1, 0, 0, 1])];

  test("precision, recall, F of several classes", () => {
    const of = (make: (options: object) => Metric): number[] =>
      ["macro", "micro", "weighted"].map((average) => figure(make({ average }), [found, truth]));
    const close = (values: number[]): unknown[] => values.map((value) => expect.closeTo(value, 10));
    expect(of((options) => new Precision(options))).toEqual(close([2 / 9, 1 / 3, 2 / 9]));
    expect(of((options) => new Recall(options))).toEqual(close([1 / 3, 1 / 3, 1 / 3]));
    expect(of((options) => new FBeta(options))).toEqual(close([4 / 15, 1 / 3, 4 / 15]));
    expect(of((options) => new FBeta({ beta: 0.5, ...options }))).toEqual(close([5 / 21, 1 / 3, 5 / 21]));
    const precision = new Precision();
    figure(precision, [found, truth]);
    expect(precision.perClass).toEqual([expect.closeTo(2 / 3, 10), 0, 0]);
    expect(new FBeta({ beta: 0.5 }).name).toBe("f0.5");
  });

  test("balanced accuracy and κ", () => {
    const batch: [Tensor, Tensor] = [rows([0, 1, 0, 0, 0, 1], 2), int([0, 1, 0, 0, 1, 0])];
    expect(figure(new BalancedAccuracy(), batch)).toBeCloseTo(0.625, 12);
    expect(figure(new BalancedAccuracy({ adjusted: true }), batch)).toBeCloseTo(0.25, 12);
    expect(figure(new CohenKappa(), [rows([0, 1, 0, 2, 0]), int([0, 1, 0, 2, 1])])).toBeCloseTo(0.6875, 12);
  });

  test("log loss, Brier, MAPE, R² of several outputs", () => {
    const p = tensor([[0.1, 0.9], [0.9, 0.1], [0.8, 0.2], [0.35, 0.65]]); // biome-ignore format: a matrix
    expect(figure(new LogLoss(), [p, int([1, 0, 0, 1])])).toBeCloseTo(0.21616, 5);
    expect(figure(new Brier(), [tensor([0.1, 0.9, 0.8, 0.3]), tensor([0, 1, 1, 0])])).toBeCloseTo(0.0375, 6);
    expect(figure(new MAPE(), [tensor([2.5, 0, 2, 8]), tensor([3, -0.5, 2, 7])])).toBeCloseTo(0.3273809, 6);
    const y = tensor([[0.5, 1], [-1, 1], [7, -6]]); // biome-ignore format: a matrix
    const ours = tensor([[0, 2], [-1, 2], [8, -5]]); // biome-ignore format: a matrix
    expect(figure(new R2(), [ours, y])).toBeCloseTo(0.9368, 4);
    expect(figure(new R2(), [tensor([2, 2]), tensor([2, 2])])).toBe(1);
    expect(figure(new R2(), [tensor([2, 3]), tensor([2, 2])])).toBe(0);
  });
});

describe("against the formula", () => {
  const n = 60;
  const scores = numbers([n, 4], 3);
  const labels = int(Array.from({ length: n }, (_, i) => (i * 7) % 4));
  const weight = tensor(Array.from(normals(n, 9), Math.abs));
  const p = scores.softmax(1).toArray() as number[][];
  const w = [...weight.data];
  const y = [...labels.data];
  const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);

  test("the area under the ROC curve is how probably a true sample is ahead, weighted", () => {
    const of = (c: number, weighted: boolean): number => {
      let [ahead, pairs] = [0, 0];
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          if (y[i] !== c || y[j] === c) continue;
          const pair = weighted ? w[i] * w[j] : 1;
          ahead += pair * (p[i][c] > p[j][c] ? 1 : p[i][c] === p[j][c] ? 0.5 : 0);
          pairs += pair;
        }
      }
      return ahead / pairs;
    };
    const auc = new RocAuc({ fromLogits: true });
    expect(figure(auc, [scores, labels])).toBeCloseTo(sum([0, 1, 2, 3].map((c) => of(c, false))) / 4, 10);
    auc.perClass.forEach((value, c) => void expect(value).toBeCloseTo(of(c, false), 10));
    expect(figure(auc, [scores, labels, weight])).toBeCloseTo(sum([0, 1, 2, 3].map((c) => of(c, true))) / 4, 6);
    expect(figure(new RocAuc(), [tensor([1, 1, 1, 1]), int([0, 1, 0, 1])])).toBe(0.5);
  });

  test("average precision", () => {
    const of = (c: number): number => {
      const order = [...y.keys()].sort((i, j) => p[j][c] - p[i][c]);
      const positives = y.filter((label) => label === c).length;
      let [hits, area] = [0, 0];
      for (const [k, i] of order.entries()) {
        if (y[i] !== c) continue;
        hits++;
        area += hits / (k + 1) / positives;
      }
      return area;
    };
    expect(figure(new PrAuc({ fromLogits: true }), [scores, labels])).toBeCloseTo(sum([0, 1, 2, 3].map(of)) / 4, 10);
  });

  test("log loss, perplexity, Brier: logits, probabilities, images", () => {
    const expected = sum(y.map((label, i) => -Math.log(p[i][label]))) / n;
    expect(figure(new LogLoss({ fromLogits: true }), [scores, labels])).toBeCloseTo(expected, 5);
    expect(figure(new LogLoss(), [scores.softmax(1).detach(), labels])).toBeCloseTo(expected, 5);
    expect(figure(new Perplexity({ fromLogits: true }), [scores, labels])).toBeCloseTo(Math.exp(expected), 4);
    const brier = sum(y.map((label, i) => sum(p[i].map((value, c) => (value - (c === label ? 1 : 0)) ** 2)))) / n;
    expect(figure(new Brier({ fromLogits: true }), [scores, labels])).toBeCloseTo(brier, 5);
    const images: [Tensor, Tensor] = [scores.reshape([10, 6, 4]).transpose(1, 2), labels.reshape([10, 6])];
    for (const make of [LogLoss, Brier, Perplexity, RocAuc, PrAuc])
      expect(figure(new make({ fromLogits: true }), images)).toBeCloseTo(figure(new make({ fromLogits: true }), [scores, labels]), 10);
    const tokens: [Tensor, Tensor] = [scores.reshape([10, 6, 4]), labels.reshape([10, 6])];
    expect(figure(new Perplexity({ fromLogits: true, classAxis: -1 }), tokens)).toBeCloseTo(Math.exp(expected), 4);
    const told = new Perplexity();
    told.beside(tokenCrossEntropy);
    expect(figure(told, tokens)).toBeCloseTo(Math.exp(expected), 4);
    const weighted = sum(y.map((label, i) => -w[i] * Math.log(p[i][label]))) / sum(w);
    expect(figure(new LogLoss({ fromLogits: true }), [scores, labels, weight])).toBeCloseTo(weighted, 5);
  });

  test("κ with weights", () => {
    const found = scores.argmax(1).data;
    const total = sum(w);
    for (const [weights, power] of [
      ["linear", 1],
      ["quadratic", 2],
    ] as const) {
      // biome-ignore format: a row
      let [observed, expected] = [0, 0];
      for (let i = 0; i < n; i++) observed += w[i] * Math.abs(y[i] - found[i]) ** power;
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) expected += (w[i] * w[j] * Math.abs(y[i] - found[j]) ** power) / total;
      expect(figure(new CohenKappa({ weights }), [scores, labels, weight])).toBeCloseTo(1 - observed / expected, 5);
    }
  });

  test("however the samples fall into batches, the figure is one", () => {
    const make = [
      ...[Precision, Recall, FBeta, BalancedAccuracy, CohenKappa].map((metric) => () => new metric()),
      ...[LogLoss, Perplexity, Brier, RocAuc, PrAuc].map((metric) => () => new metric({ fromLogits: true })),
    ];
    for (const metric of make) {
      const whole = figure(metric(), [scores, labels, weight]);
      const parts = [0, 13, 14, 40, n];
      const batches = parts
        .slice(1)
        .map((to, i) => [scores, labels, weight].map((x) => x.slice([[parts[i], to]])) as [Tensor, Tensor, Tensor]);
      expect(figure(metric(), ...batches)).toBeCloseTo(whole, 10);
    }
    const [a, b] = [numbers([n, 2], 1).add(1e3), numbers([n, 2], 2).add(1e3)];
    for (const metric of [RMSE, MAPE, R2]) {
      const whole = figure(new metric(), [a, b, weight]);
      const halves = [[0, 20], [20, n]].map((range) => [a, b, weight].map((x) => x.slice([range as [number, number]])) as [Tensor, Tensor, Tensor]); // biome-ignore format: a row
      expect(figure(new metric(), ...halves)).toBeCloseTo(whole, 10);
    }
  });

  test("several labels a sample: each column is a class of its own", () => {
    const truth = tensor(
      Array.from({ length: 4 * n }, (_, i) => ((i * 5) % 7 < 3 ? 1 : 0)),
      { shape: [n, 4] },
    );
    const beside = <M extends Metric>(metric: M): M => {
      metric.beside?.(binaryCrossEntropy);
      return metric;
    };
    const column = (x: Tensor, c: number): Tensor => x.slice([null, c]).clone();
    const perColumn = (make: () => Metric): number =>
      sum([0, 1, 2, 3].map((c) => figure(beside(make()), [column(scores, c), column(truth, c)]))) / 4;
    for (const make of [
      () => new Precision(),
      () => new Recall(),
      () => new FBeta(),
      () => new RocAuc(),
      () => new PrAuc(),
      () => new LogLoss(),
    ])
      expect(figure(beside(make()), [scores, truth])).toBeCloseTo(perColumn(make), 6);
    const flat: [Tensor, Tensor] = [scores.flatten(), truth.flatten()];
    expect(figure(beside(new Precision({ average: "micro" })), [scores, truth])).toBeCloseTo(figure(beside(new Precision()), flat), 10);
    expect(figure(beside(new RocAuc({ average: "micro" })), [scores, truth])).toBeCloseTo(figure(beside(new RocAuc()), flat), 10);
  });
});

test("a confusion matrix as shares", () => {
  const matrix = new ConfusionMatrix();
  matrix.update(rows([0, 0, 1, 2]), int([0, 1, 1, 1]));
  expect(matrix.normalized()).toEqual([[1, 0, 0], [1 / 3, 1 / 3, 1 / 3], [0, 0, 0]]); // biome-ignore format: a matrix
  expect(matrix.normalized("predicted")).toEqual([[0.5, 0, 0], [0.5, 1, 1], [0, 0, 0]]); // biome-ignore format: a matrix
  expect(matrix.normalized("all")).toEqual([[0.25, 0, 0], [0.25, 0.25, 0.25], [0, 0, 0]]); // biome-ignore format: a matrix
});

test("what nobody predicts or has does not count, and 0/0 is 0", () => {
  const metric = new Recall();
  expect(figure(metric, [rows([0, 0, 1], 4), int([0, 0, 0])])).toBeCloseTo((2 / 3 + 0) / 2, 12);
  expect(metric.perClass.map(Number.isNaN)).toEqual([false, false, true, true]);
  expect(figure(new Precision(), [tensor([0.1, 0.2]), int([1, 0])])).toBe(0);
  expect(figure(new RocAuc(), [tensor([0.1, 0.2]), int([1, 1])])).toBeNaN();
  expect(figure(new Recall({ ignoreIndex: -1 }), [rows([0, 1, 1]), int([0, -1, 1])])).toBe(1);
  expect(figure(new LogLoss({ ignoreIndex: -1 }), [tensor([[0.5, 0.5], [1, 0]]), int([0, -1])])).toBeCloseTo(Math.LN2, 6); // biome-ignore format: a matrix
});

test("errors", () => {
  expect(failure(() => new LogLoss().update(tensor([[2, -2]]), int([0])))).toBe(
    "ARGUMENT logLoss: the prediction 2 at position 0 is no probability. Of logits write fromLogits: true.",
  );
  expect(failure(() => new Brier().update(tensor([[0.5, 0.75]]), int([0])))).toBe(
    "ARGUMENT brier: the probabilities of row 0 add up to 1.25; expected 1. Of logits write fromLogits: true.",
  );
  expect(failure(() => new Recall().update(rows([0]), int([5])))).toMatch(
    /^INDEX recall: label 0 is 5; expected a whole number from 0 to 2/,
  );
  expect(failure(() => new FBeta({ beta: 0 }))).toBe("ARGUMENT fBeta: beta is 0; expected a number > 0.");
  expect(failure(() => new Precision({ average: "binary" as never }))).toBe(
    'ARGUMENT precision: average is "binary"; expected "macro", "weighted" or "micro".',
  );
});

test("by name, beside a loss of logits, whatever the batches", async () => {
  const names = [
    "precision",
    "recall",
    "fBeta",
    "balancedAccuracy",
    "cohenKappa",
    "rocAuc",
    "prAuc",
    "logLoss",
    "brier",
    "perplexity",
  ] as const;
  const data = { x: numbers([30, 5], 4), y: int(Array.from({ length: 30 }, (_, i) => i % 3)) };
  for (const end of [{}, { activation: "softmax" }] as const) {
    const model = new Sequential([new Dense(3, { inputShape: [5], ...end })]);
    model.compile({ optimizer: "sgd", loss: "crossEntropy", metrics: names });
    const whole = await model.evaluate(data, { batchSize: 30 });
    const parts = await model.evaluate(data, { batchSize: 7 });
    for (const [name, value] of Object.entries(whole)) expect(parts[name], name).toBeCloseTo(value, 5);
    expect(whole.logLoss).toBeCloseTo(whole.loss, 5);
    expect(whole.perplexity).toBeCloseTo(Math.exp(whole.loss), 4);
  }
  const regression = new Sequential([new Dense(1, { inputShape: [5] })]);
  regression.compile({ optimizer: "sgd", loss: "mse", metrics: ["rmse", "mape", "r2"] });
  const { loss, rmse } = await regression.evaluate({ x: data.x, y: data.x.sum(1) }, { batchSize: 7 });
  expect(rmse).toBeCloseTo(Math.sqrt(loss), 5);
});

test("a metric of one's own takes a name and the figure of each sample", () => {
  class Within extends MeanMetric {
    name = "within";
    values(prediction: Tensor, target: Tensor): Tensor {
      return prediction.sub(target).abs().lt(0.4);
    }
  }
  expect(figure(new Within(), [tensor([1, 2, 3]), tensor([1, 2.5, 3])], [tensor([1]), tensor([1]), tensor([3])])).toBeCloseTo(5 / 6, 12);
});

test("logits behind a softmax are found, so that probabilities keep their digits", () => {
  const logits = tensor([[60, 0, -60]]);
  const metric = new LogLoss();
  metric.beside(crossEntropy);
  expect(figure(metric, [logits.softmax(1), int([2])])).toBeCloseTo(120, 3);
});
