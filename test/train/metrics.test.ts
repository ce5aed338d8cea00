import { describe, expect, test } from "vitest";
import { ones, tensor } from "../../src/index.js";
import { Accuracy, ConfusionMatrix, MAE, MSE, TopK } from "../../src/train/metrics.js";

const logits = tensor([
  [3, 1, 2],
  [0, 1, 2],
  [5, 4, 3],
  [1, 9, 0],
]);
const labels = tensor([0, 1, 0, 1], { dtype: "int32" });

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
