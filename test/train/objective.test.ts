import { describe, expect, test } from "vitest";
import { binaryCrossEntropy, crossEntropy, type Loss, mse, ones, randn, type Tensor, tensor, zeros } from "../../src/index.js";
import { alignTarget } from "../../src/train/align.js";
import { type ClassWeight, ClassWeights } from "../../src/train/classWeight.js";
import type { Batch } from "../../src/train/data.js";
import * as objectives from "../../src/train/objective.js";
import { failure } from "../support/errors.js";

const logits = randn([4, 3]);
const labels = tensor([0, 2, 1, 2], { dtype: "int32" });

/** What a batch counts, as a number. */
function totalOf(weight: Tensor | number): number {
  return typeof weight === "number" ? weight : weight.item();
}

/** The loss of a batch, and what the first output's weighs. */
function objective(op: string, losses: readonly Loss[], outputs: readonly Tensor[], batch: Batch, classWeight?: ClassWeight) {
  const classes = classWeight && new ClassWeights(op, losses[0], classWeight);
  const { loss, parts } = objectives.objective(op, { losses, lossWeights: [] }, outputs, batch, classes);
  return { loss, weight: parts[0].weight };
}

describe("objective", () => {
  test("one output: the loss, and its samples", () => {
    const { loss, weight } = objective("fit", [crossEntropy], [logits], { x: logits, y: labels });
    expect(loss.item()).toBe(crossEntropy(logits, labels).item());
    expect(totalOf(weight)).toBe(4);
  });
  test("several outputs: the sum, with one loss for all or one for each", () => {
    const outputs = [ones([2, 1]), ones([2, 1]).mul(3)];
    const batch = { x: ones([2, 1]), y: [zeros([2, 1]), zeros([2, 1])] };
    expect(objective("fit", [mse], outputs, batch).loss.item()).toBe(10);
    const half = (p: typeof logits, t: typeof logits) => mse(p, t).mul(0.5);
    expect(objective("fit", [mse, half], outputs, batch).loss.item()).toBe(5.5);
  });
  test("weights: Σ w·loss / Σ w, the loss of a sample its mean", () => {
    const prediction = tensor([
      [1, 3],
      [2, 2],
    ]);
    const { loss, weight } = objective("fit", [mse], [prediction], { x: prediction, y: zeros([2, 2]), weight: tensor([3, 1]) });
    expect(loss.item()).toBe((3 * 5 + 1 * 4) / 4);
    expect(totalOf(weight)).toBe(4);
  });
  test("class weights of labels, one-hot rows, a column of 0 and 1; together with sample weights", () => {
    const each = crossEntropy(logits, labels, { reduction: "none" }).data;
    const of = (w: number[]) => w.reduce((sum, factor, i) => sum + factor * each[i], 0) / w.reduce((sum, factor) => sum + factor, 0);
    const classWeight = { 0: 5, 2: 0.5 };
    expect(objective("fit", [crossEntropy], [logits], { x: logits, y: labels }, classWeight).loss.item()).toBeCloseTo(
      of([5, 0.5, 1, 0.5]),
      5,
    );
    const oneHot = tensor([
      [1, 0, 0],
      [0, 0, 1],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    expect(objective("fit", [crossEntropy], [logits], { x: logits, y: oneHot }, classWeight).loss.item()).toBeCloseTo(
      of([5, 0.5, 1, 0.5]),
      5,
    );
    const both = objective("fit", [crossEntropy], [logits], { x: logits, y: labels, weight: tensor([1, 2, 3, 4]) }, [5, 1, 0.5]);
    expect(both.loss.item()).toBeCloseTo(of([5, 1, 3, 2]), 5);
    expect(totalOf(both.weight)).toBe(11);
    const column = objective("fit", [binaryCrossEntropy], [zeros([3, 1])], { x: ones([3, 1]), y: tensor([0, 1, 0]) }, { 0: 3 });
    expect(column.loss.item()).toBeCloseTo(Math.LN2, 6);
    expect(totalOf(column.weight)).toBe(7);
  });
  test("class weights of several labels a sample", () => {
    const x = randn([2, 3, 5]);
    const y = tensor([
      [0, 1, 2, 1, 0],
      [2, 2, 2, 0, 1],
    ]).cast("int32");
    const each = crossEntropy(x, y, { reduction: "none" }).data;
    const factors = Array.from(y.data, (label) => [1, 4, 2][label]);
    const sum = factors.reduce((total, factor, i) => total + factor * each[i], 0);
    const { loss, weight } = objective("fit", [crossEntropy], [x], { x, y }, [1, 4, 2]);
    expect(totalOf(weight)).toBe(factors.reduce((a, b) => a + b, 0));
    expect(loss.item()).toBeCloseTo(sum / totalOf(weight), 5);
    const halved = objective("fit", [crossEntropy], [x], { x, y, weight: tensor([1, 0]) }, [1, 4, 2]);
    const first = factors.slice(0, 5);
    expect(halved.loss.item()).toBeCloseTo(
      first.reduce((total, factor, i) => total + factor * each[i], 0) / first.reduce((a, b) => a + b, 0),
      5,
    );
  });

  test("errors", () => {
    const batch = { x: logits, y: labels };
    expect(failure(() => objective("evaluate", [crossEntropy], [logits, logits], batch))).toBe(
      "ARGUMENT evaluate: the model has 2 outputs, the data have 1 target. Give y, one tensor for each output.",
    );
    expect(failure(() => objective("fit", [crossEntropy], [logits], { x: logits }))).toBe(
      "ARGUMENT fit: the model has 1 output, the data have 0 targets. Give y, one tensor for each output.",
    );
    expect(failure(() => objective("fit", [mse, mse, mse], [logits, logits], { x: logits, y: [labels, labels] }))).toBe(
      "ARGUMENT fit: the model has 2 outputs, compile was given 3 losses. Give one loss for all, or one for each.",
    );
    expect(failure(() => objective("fit", [crossEntropy], [logits, logits], { x: logits, y: [labels, labels] }, {}))).toBe(
      "ARGUMENT fit: classWeight for a model with 2 outputs. Weigh the samples instead: { x, y, weight }.",
    );
    expect(failure(() => objective("fit", [(p: Tensor) => p.sum(1)], [logits], batch))).toBe(
      "SHAPE fit: the loss has shape [4]; expected a scalar. Reduce it with mean() or sum().",
    );
    expect(failure(() => objective("fit", [(() => 3) as never], [logits], batch))).toBe("ARGUMENT fit: the loss is 3; expected a tensor.");
    expect(failure(() => objective("fit", [(p: Tensor) => p.mean()], [logits], { ...batch, weight: ones([4]) }))).toBe(
      'SHAPE fit: the loss has shape []; where samples are weighted it is called with { reduction: "none" }, and expected to give [4] or [4, …].',
    );
    expect(failure(() => objective("fit", [mse], [ones([3, 2])], { x: logits, y: ones([3]) }))).toMatch(
      /^SHAPE mse: prediction \[3, 2\] and target \[3\] differ/,
    );
  });
});

test("alignTarget lines up lists and columns, and nothing else", () => {
  const shape = (prediction: number[], target: number[], dtype: "int32" | "float32" = "float32") =>
    alignTarget(zeros(prediction), zeros(target, { dtype })).shape;
  expect(shape([5, 1], [5])).toEqual([5, 1]);
  expect(shape([5], [5, 1])).toEqual([5]);
  expect(shape([5, 1, 1], [5])).toEqual([5, 1, 1]);
  expect(shape([5, 3], [5, 1], "int32")).toEqual([5]);
  // Losses refuse these themselves.
  expect(shape([5, 3], [5, 1])).toEqual([5, 1]);
  expect(shape([5, 3], [5])).toEqual([5]);
  expect(shape([6], [2, 3])).toEqual([2, 3]);
  expect(shape([1, 5], [5])).toEqual([5]);
});
