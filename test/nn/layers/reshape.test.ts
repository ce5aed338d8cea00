import { expect, test } from "vitest";
import { arange, zeros } from "../../../src/index.js";
import { Reshape } from "../../../src/nn/index.js";

test("each sample gets the shape", () => {
  expect(new Reshape([2, -1]).forward(arange(12).reshape([2, 6])).toArray()).toEqual([
    [[0, 1, 2], [3, 4, 5]],
    [[6, 7, 8], [9, 10, 11]],
  ]); // biome-ignore format: matrices
  expect(new Reshape([3, 2]).forward(zeros([0, 6])).shape).toEqual([0, 3, 2]);
  expect(new Reshape([-1]).forward(zeros([0, 2, 3])).shape).toEqual([0, 6]);
  expect(new Reshape([]).forward(zeros([4, 1])).shape).toEqual([4]);
  expect(Reshape.fromConfig(new Reshape([2, -1]).config()).outputShape([5, 8])).toEqual([5, 2, 4]);
});

test("errors", () => {
  expect(() => new Reshape([10, 10]).forward(zeros([32, 784]))).toThrow(
    "Reshape: a sample of shape [784] holds 784 elements, which do not fill [10, 10].",
  );
  expect(() => new Reshape([5, -1]).outputShape([1, 784])).toThrow(
    "Reshape: a sample of shape [784] holds 784 elements, which do not fill [5, -1].",
  );
  expect(() => new Reshape([-1, -1])).toThrow(
    "Reshape: shape is [-1, -1]; expected an array of whole numbers ≥ 1, of which one may be −1.",
  );
  expect(() => new Reshape(28 as never)).toThrow(
    "Reshape: shape is 28; expected an array of whole numbers ≥ 1, of which one may be −1. Write new Reshape([1, 28, 28]).",
  );
});
