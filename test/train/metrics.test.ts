import { describe, expect, test } from "vitest";
import { binaryCrossEntropy, Dense, memory, ones, Parameter, randn, Sequential, type Tensor, tensor, zeros } from "../../src/index.js";
import type { SavedState } from "../../src/tensor/savedState.js";
import type { Metric } from "../../src/train/metrics/metric.js";
import * as metrics from "../../src/train/metrics.js";
import { failure } from "../support/errors.js";
import { normals } from "../support/kernels.js";
import { throughFile } from "../support/savedState.js";

const { Accuracy, ConfusionMatrix, MAE, MeanIoU, MSE, TopK } = metrics;

const logits = tensor([
  [3, 1, 2],
  [0, 1, 2],
  [5, 4, 3],
  [1, 9, 0],
]);
const labels = tensor([0, 1, 0, 1], { dtype: "int32" });

/** A batch for each metric of the registry with its defaults, and what comes out. */
const WORKED: Record<keyof typeof metrics, readonly [prediction: Tensor, target: Tensor, result: number]> = {
  Accuracy: [logits, labels, 0.75],
  BalancedAccuracy: [logits, labels, 0.75],
  Brier: [tensor([0.1, 0.9, 0.8, 0.3], { dtype: "float64" }), tensor([0, 1, 1, 0]), 0.0375],
  CohenKappa: [logits, labels, 0.6],
  ConfusionMatrix: [logits, labels, 0.75],
  FBeta: [tensor([0.9, 0.8, 0.2, 0.6]), tensor([1, 0, 1, 1]), 2 / 3],
  LogLoss: [tensor([[0.5, 0.5], [0.25, 0.75]], { dtype: "float64" }), tensor([0, 0]), 1.5 * Math.LN2], // biome-ignore format: a matrix
  MAE: [tensor([1, 2]), tensor([1, 4]), 1],
  MAPE: [tensor([1, 2]), tensor([1, 4]), 0.25],
  MeanIoU: [logits, labels, 0.5],
  MSE: [tensor([1, 2]), tensor([1, 4]), 2],
  Perplexity: [tensor([[0.25, 0.25, 0.25, 0.25]], { dtype: "float64" }), tensor([2]), 4], // biome-ignore format: a matrix
  PrAuc: [tensor([0.1, 0.4, 0.35, 0.8]), tensor([0, 0, 1, 1]), 5 / 6],
  Precision: [tensor([0.9, 0.8, 0.2, 0.6]), tensor([1, 0, 1, 1]), 2 / 3],
  R2: [tensor([2.5, 0, 2, 8]), tensor([3, -0.5, 2, 7]), 1 - 1.5 / 29.1875],
  Recall: [tensor([0.9, 0.8, 0.2, 0.6]), tensor([1, 0, 1, 1]), 2 / 3],
  RMSE: [tensor([1, 2]), tensor([1, 4]), Math.SQRT2],
  RocAuc: [tensor([0.1, 0.4, 0.35, 0.8]), tensor([0, 0, 1, 1]), 0.75],
  TopK: [tensor([[7, 6, 5, 4, 3, 2], [1, 2, 3, 4, 5, 6]]), tensor([5, 5]), 0.5], // biome-ignore format: a matrix
};

describe.each(Object.keys(metrics) as (keyof typeof metrics)[])("%s", (name) => {
  test("takes a batch of tensors, and a weight for each sample", () => {
    const [prediction, target] = WORKED[name];
    const given = (...args: unknown[]): string => failure(() => new metrics[name]().update(...(args as [Tensor, Tensor])));
    expect(given([1, 2], target)).toMatch(/ARGUMENT \w+: prediction is an array of length 2; expected a tensor/);
    expect(given(prediction)).toMatch(/ARGUMENT \w+: target is undefined; expected a tensor/);
    expect(given(prediction, target, 2)).toMatch(/ARGUMENT \w+: weight is 2; expected a tensor/);
    expect(given(prediction, target, ones([9]))).toMatch(/SHAPE \w+: weight has shape \[9\]; expected \[\d\]/);
  });

  const make = (...args: unknown[]): Metric => new (metrics[name] as unknown as new (...args: unknown[]) => Metric)(...args);
  test("gathers batches, weighted too, and starts again", () => {
    const [prediction, target, result] = WORKED[name];
    const metric = make();
    metric.reset();
    expect(metric.result()).toBeNaN();
    for (const weight of [undefined, ones([prediction.shape[0]]), undefined]) {
      metric.update(prediction, target, weight);
      expect(metric.result()).toBeCloseTo(result, 12);
    }
    metric.reset();
    expect(metric.result()).toBeNaN();
  });
  test("goes on from a saved state to the bit, whenever it was saved", () => {
    const [prediction, target] = WORKED[name];
    const [n] = prediction.shape;
    const update = (metric: Metric, k: number): void => metric.update(prediction, target, tensor(normals(n, k).map(Math.abs)));
    const shown = (metric: Metric) => [metric.result(), metric.stateDict?.()];
    for (let saved = 0; saved < 4; saved++) {
      const [whole, resumed] = [make(), make()];
      for (let k = 0; k < saved; k++) update(whole, k);
      const state = throughFile(whole.stateDict?.()) as SavedState;
      for (let k = saved; k < 5; k++) update(whole, k);
      // What was gathered before is forgotten.
      update(resumed, 9);
      for (let again = 0; again < 2; again++) {
        resumed.loadStateDict?.(state);
        for (let k = saved; k < 5; k++) update(resumed, k);
        expect(shown(resumed)).toEqual(shown(whole));
      }
    }
  });
  test("refuses a state of another form, and changes nothing", () => {
    const [prediction, target] = WORKED[name];
    const metric = make();
    metric.update(prediction, target);
    const state = metric.stateDict?.() as Record<string, SavedState>;
    const load = (wrong: unknown): string => failure(() => metric.loadStateDict?.(wrong as SavedState));
    const [first] = Object.keys(state);
    expect(load(3)).toMatch(/^ARGUMENT \w+: the saved state is 3; expected an object with /);
    expect(load({ ...state, extra: 1 })).toMatch(/^ARGUMENT \w+: the saved state has a part "extra"; expected /);
    for (const part of Object.keys(state)) {
      for (const wrong of [undefined, null, "1", {}, ["1"]])
        expect(load({ ...state, [part]: wrong })).toMatch(new RegExp(`^ARGUMENT \\w+: the saved state has .* as "${part}"; expected `));
    }
    if (typeof state[first] !== "number")
      expect(load({ ...state, [first]: [new Float64Array(5)] })).toMatch(/^ARGUMENT \w+: the saved state has /);
    expect(metric.stateDict?.()).toEqual(state);
  });
  test("refuses an option that it does not know", () => {
    expect(failure(() => make({ bogus: 1 }))).toMatch(/^ARGUMENT \w+: (unknown option "bogus"|1 argument was given)/);
  });
});

describe("accuracy", () => {
  test("labels, one-hot rows, batches of different sizes", () => {
    const metric = new Accuracy();
    metric.reset();
    metric.update(logits, labels);
    expect(metric.result()).toBe(0.75);
    metric.update(logits.slice([[1, 2]]), tensor([[0, 1, 0]]));
    expect(metric.result()).toBe(0.6);
    metric.reset();
    metric.update(logits, labels, tensor([1, 3, 1, 1]));
    expect(metric.result()).toBe(0.5);
  });
  test("one column by its threshold", () => {
    const metric = new Accuracy();
    metric.reset();
    metric.update(tensor([[0.2], [0.7], [0.6]]), tensor([[0], [1], [0]]));
    expect(metric.result()).toBeCloseTo(2 / 3, 12);
    const ofLogits = new Accuracy({ threshold: 0 });
    ofLogits.reset();
    ofLogits.update(tensor([0.2, -0.7]), tensor([1, 0]));
    expect(ofLogits.result()).toBe(1);
  });
  test("targets that do not fit", () => {
    expect(() => new Accuracy().update(logits, tensor([0, 1], { dtype: "int32" }))).toThrow(
      "accuracy: target [2] does not fit prediction [4, 3]; expected labels [4] or rows of the prediction's shape.",
    );
  });
});

test("topK", () => {
  const metric = new TopK({ k: 2 });
  metric.reset();
  metric.update(logits, tensor([2, 0, 1, 2], { dtype: "int32" }));
  expect(metric.name).toBe("top2");
  expect(metric.result()).toBe(0.5);
  expect(() => new TopK({ k: 0 })).toThrow("topK: k is 0; expected a whole number ≥ 1.");
  expect(() => new TopK({ k: 4 }).update(tensor([[3, 1, 2]]), tensor([2]))).toThrow(
    'topK: k is 4, but the prediction has 3 classes; expected at most as many. Write { name: "topK", k: 2 }.',
  );
});

test("mse and mae", () => {
  const mse = new MSE();
  const mae = new MAE();
  for (const metric of [mse, mae]) {
    metric.reset();
    metric.update(
      tensor([
        [1, 2],
        [3, 4],
      ]),
      tensor([
        [1, 0],
        [0, 0],
      ]),
    );
    metric.update(ones([1, 2]), ones([1, 2]));
  }
  expect(mse.result()).toBeCloseTo((2 + 12.5 + 0) / 3, 12);
  expect(mae.result()).toBeCloseTo((1 + 3.5 + 0) / 3, 12);
});

test("confusion matrix", () => {
  const metric = new ConfusionMatrix();
  metric.update(logits, labels);
  expect(metric.counts).toEqual([
    [2, 0, 0],
    [0, 1, 1],
    [0, 0, 0],
  ]);
  expect(metric.result()).toBe(0.75);
});

test("meanIoU: of the classes that are there, of images too, and of masks", () => {
  const metric = new MeanIoU();
  metric.update(logits.slice([[0, 2]]), tensor([0, 2]));
  expect(metric.result()).toBe(1);
  metric.update(logits, labels);
  // Counts of true and predicted classes: [[3, 0, 0], [0, 1, 1], [0, 0, 1]].
  expect(metric.result()).toBeCloseTo((1 + 1 / 2 + 1 / 2) / 3, 12);
  const mask = tensor([[[[1, 1], [0, 0]]]]); // biome-ignore format: an image
  const found = tensor([[[[4, -4], [4, -4]]]]); // biome-ignore format: an image
  const masks = new MeanIoU({ fromLogits: true });
  masks.update(found, mask);
  expect(masks.result()).toBeCloseTo(1 / 3, 12);
});

describe("classes on axis 1, as crossEntropy has them", () => {
  const scores = randn([3, 4, 5]);
  const wanted = scores.argmax(1);

  test("accuracy, topK and the confusion matrix of several labels a sample", () => {
    const shifted = tensor(
      Array.from(wanted.data, (label, i) => (i < 5 ? label : (label + 1) % 4)),
      { shape: [3, 5], dtype: "int32" },
    );
    for (const metric of [new Accuracy(), new TopK({ k: 1 }), new ConfusionMatrix()]) {
      metric.update(scores, wanted);
      expect(metric.result()).toBe(1);
      metric.update(scores, shifted);
      expect(metric.result()).toBeCloseTo((15 + 5) / 30, 12);
      metric.reset();
      // A sample's weight is that of each of its labels.
      metric.update(scores, shifted, tensor([2, 1, 1]));
      expect(metric.result()).toBeCloseTo(0.5, 12);
    }
  });
  test("as many classes as labels are not mistaken", () => {
    const square = randn([6, 3, 3]);
    const metric = new Accuracy();
    metric.update(square, square.argmax(1));
    expect(metric.result()).toBe(1);
  });
});

describe("topK", () => {
  test("of equals the first is more probable, and what is no number is a miss", () => {
    const of = (row: number[], label: number, k: number): number => {
      const metric = new TopK({ k });
      metric.update(tensor([row]), tensor([label]));
      return metric.result();
    };
    expect([0, 1, 2].map((label) => of([1, 1, 1], label, 2))).toEqual([1, 1, 0]);
    expect(of([Number.NaN, 1, 2], 0, 1)).toBe(0);
    expect(of([Number.NaN, 1, 2], 2, 1)).toBe(0);
    expect(of([Number.NaN, 1, 2], 2, 2)).toBe(1);
    expect(of([3, 1, 2], 1, 3)).toBe(1);
  });
  test("agrees with topk", () => {
    const scores = randn([50, 8]);
    const wanted = tensor(Array.from({ length: 50 }, (_, i) => i % 8));
    const best = scores.topk(3).indices.toArray() as number[][];
    const metric = new TopK({ k: 3 });
    metric.update(scores, wanted);
    expect(metric.result()).toBe(best.filter((row, i) => row.includes(i % 8)).length / 50);
  });
  test("errors", () => {
    const metric = new TopK({ k: 2 });
    expect(failure(() => metric.update(logits, tensor([0, 1, 3, 0])))).toBe(
      "INDEX top2: label 2 is 3; expected a whole number from 0 to 2. A label that stands for none is told by ignoreIndex.",
    );
    expect(failure(() => metric.update(logits, tensor([0, 1.5, 1, 0])))).toBe(
      "INDEX top2: label 1 is 1.5; expected a whole number from 0 to 2. A label that stands for none is told by ignoreIndex.",
    );
    expect(failure(() => new TopK({ n: 3 } as never))).toBe('ARGUMENT topK: unknown option "n". Known: k, ignoreIndex, multiLabel.');
  });
});

describe("confusion matrix", () => {
  test("of a single column, of logits, weighted; empty at first", () => {
    const metric = new ConfusionMatrix({ fromLogits: true });
    expect(metric.result()).toBeNaN();
    metric.update(tensor([[0.2], [-0.7], [0.6]]), tensor([[1], [0], [0]]), tensor([1, 2, 4]));
    expect(metric.counts).toEqual([
      [2, 4],
      [0, 1],
    ]);
    // What a sigmoid made is compared with a half, also where logits are expected.
    const squashed = new ConfusionMatrix({ fromLogits: true });
    squashed.update(tensor([[0.2], [-0.7]], { requiresGrad: true }).sigmoid(), tensor([[1], [0]]));
    expect(squashed.result()).toBe(1);
  });
  test("errors", () => {
    expect(failure(() => new ConfusionMatrix().update(logits, tensor([0, 1, -1, 0])))).toBe(
      "INDEX confusionMatrix: label 2 is -1; expected a whole number from 0 to 2. A label that stands for none is told by ignoreIndex.",
    );
    expect(failure(() => new ConfusionMatrix(10 as never))).toBe(
      "ARGUMENT confusionMatrix: the options are 10; expected an object. Write { threshold: … }.",
    );
  });
});

test("options of accuracy", () => {
  expect(failure(() => new Accuracy({ treshold: 0.5 } as never))).toBe(
    'ARGUMENT accuracy: unknown option "treshold". Known: threshold, fromLogits, ignoreIndex, multiLabel. Did you mean "threshold"?',
  );
});

test("mse and mae align a list beside a column, and refuse other shapes of one size", () => {
  for (const metric of [new MSE(), new MAE()]) {
    metric.update(tensor([[1], [2]]), tensor([1, 3]));
    metric.update(tensor([1, 2]), tensor([[1], [3]]));
    expect(metric.result()).toBe(0.5);
    for (const [prediction, target] of [
      [zeros([2, 3]), zeros([3, 2])],
      [zeros([4]), zeros([2, 2])],
    ])
      expect(failure(() => metric.update(prediction, target))).toMatch(
        /^SHAPE (mse|mae): prediction .* differ in shape; a metric never broadcasts/,
      );
  }
});

test("labels of another shape with as many elements are refused", () => {
  const scores = zeros([4, 3, 2]);
  for (const metric of [new Accuracy(), new TopK(), new ConfusionMatrix()])
    for (const shape of [[2, 4], [8], [4, 1, 2]])
      expect(failure(() => metric.update(scores, zeros(shape)))).toMatch(/^SHAPE \w+: target .* does not fit prediction \[4, 3, 2\]/);
});

describe("several labels a sample", () => {
  const scores = tensor([[2, 3, -4], [-5, -3, -4], [-1, 3, 4]]); // biome-ignore format: a matrix
  const truth = tensor([[1, 1, 0], [0, 0, 0], [0, 1, 1]]); // biome-ignore format: a matrix
  const beside = <M extends Metric>(metric: M): M => {
    metric.beside?.(binaryCrossEntropy);
    return metric;
  };

  test("accuracy holds each column against the threshold, of logits and of probabilities", () => {
    for (const metric of [beside(new Accuracy()), new Accuracy({ multiLabel: true, fromLogits: true })]) {
      metric.update(scores, truth);
      expect(metric.result()).toBe(1);
      metric.reset();
      metric.update(scores, tensor([[1, 0, 0], [0, 0, 0], [0, 1, 0]]), tensor([1, 2, 3])); // biome-ignore format: a matrix
      expect(metric.result()).toBeCloseTo((1 * 2 + 2 * 3 + 3 * 2) / 18, 12);
    }
    const ofProbabilities = new Accuracy({ multiLabel: true });
    ofProbabilities.update(tensor(Float32Array.from(scores.sigmoid().data), { shape: [3, 3] }), truth);
    expect(ofProbabilities.result()).toBe(1);
    const ignoring = new Accuracy({ multiLabel: true, fromLogits: true, ignoreIndex: -1 });
    ignoring.update(scores, tensor([[1, -1, 1], [0, 0, -1], [-1, -1, -1]])); // biome-ignore format: a matrix
    expect(ignoring.result()).toBe(3 / 4);
  });

  test("topK and the confusion matrix say what to do instead", () => {
    const problem = "each of the 3 columns is a yes-or-no class of its own, so a sample has no one label";
    const end = "Where one class is true of a sample, set multiLabel: false.";
    expect(failure(() => beside(new TopK()).update(scores, truth))).toBe(`ARGUMENT top5: ${problem}. Use accuracy. ${end}`);
    expect(failure(() => beside(new ConfusionMatrix()).update(scores, truth))).toBe(
      `ARGUMENT confusionMatrix: ${problem}. Use accuracy, or update a matrix for each column. ${end}`,
    );
    const matrix = beside(new ConfusionMatrix({ multiLabel: false }));
    matrix.update(scores, tensor([[0, 1, 0], [0, 1, 0], [1, 0, 0]])); // biome-ignore format: a matrix
    expect(matrix.result()).toBeCloseTo(2 / 3, 12);
    const column = beside(new ConfusionMatrix());
    column.update(tensor([[2], [-1]]), tensor([[1], [1]]));
    expect(column.counts).toEqual([[0, 0], [1, 1]]); // biome-ignore format: a matrix
    expect(failure(() => beside(new Accuracy()).update(scores, tensor([0, 1, 2])))).toBe(
      "SHAPE accuracy: target [3] does not fit prediction [3, 3]; expected a label for each column. Where one class is true of a sample, set multiLabel: false.",
    );
  });

  test("a model with binaryCrossEntropy, and its accuracy at every batch size", async () => {
    const model = new Sequential([new Dense(3, { inputShape: [3], bias: false })]);
    model.loadStateDict({ "0.weight": tensor([1, 0, 0, 0, 1, 0, 0, 0, 1], { shape: [3, 3] }) });
    model.compile({ optimizer: "sgd", loss: "binaryCrossEntropy", metrics: ["accuracy"] });
    for (const batchSize of [1, 2, 3]) expect((await model.evaluate({ x: scores, y: truth }, { batchSize })).accuracy).toBe(1);
  });
});

test("an ignored label counts for no metric that is told of it", () => {
  const given = tensor([0, -1, 0, -1], { dtype: "int32" });
  const matrix = new ConfusionMatrix({ ignoreIndex: -1 });
  const metrics = [new Accuracy({ ignoreIndex: -1 }), new TopK({ k: 1, ignoreIndex: -1 }), matrix];
  for (const metric of metrics) {
    metric.update(logits, given);
    expect(metric.result()).toBe(1);
  }
  expect(matrix.counts[0][0]).toBe(2);
});

test("sizes of mse that do not fit", () => {
  expect(failure(() => new MSE().update(zeros([2]), zeros([3])))).toBe(
    "SHAPE mse: prediction [2] and target [3] differ in shape; a metric never broadcasts. Bring both to one shape with reshape.",
  );
});

test("a metric in a loop of one's own leaves nothing in the graph", () => {
  const w = new Parameter(randn([4, 3]));
  const metrics = [new Accuracy(), new TopK({ k: 2 }), new ConfusionMatrix(), new MSE()];
  const x = randn([4, 4]);
  const live = Array.from({ length: 4 }, () => {
    const prediction = x.matmul(w);
    for (const metric of metrics) metric.update(prediction, metric instanceof MSE ? zeros([4, 3]) : labels);
    prediction.sum().backward();
    for (const metric of metrics) metric.update(prediction, metric instanceof MSE ? zeros([4, 3]) : labels);
    return memory().liveBytes;
  });
  expect(new Set(live.slice(1)).size).toBe(1);
});
