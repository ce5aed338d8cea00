import { expect, test } from "vitest";
import { input, MaxPool2d, MaxUnpool1d, MaxUnpool2d, Model, maxUnpool2d, ones, randn, zeros } from "../../../src/index.js";
import { failure } from "../../support/errors.js";

test("a functional model pools and goes back, of one layer's two results", () => {
  const x = input([2, 5, 6]);
  const { output, indices } = new MaxPool2d(2, { returnIndices: true }).forward(x);
  const model = new Model({ inputs: x, outputs: new MaxUnpool2d(2, { outputSize: [5, 6] }).forward(output, indices) });
  const images = randn([3, 2, 5, 6]);
  const pooled = new MaxPool2d(2, { returnIndices: true }).forward(images);
  expect(model.forward(images).toArray()).toEqual(maxUnpool2d(pooled.output, pooled.indices, 2, { outputSize: [5, 6] }).toArray());
});

test("errors tell the layer", () => {
  expect(failure(() => new MaxUnpool1d(2).forward(ones([1, 1, 2]), zeros([1, 1, 3])))).toBe(
    "SHAPE MaxUnpool1d: x [1, 1, 2] and indices [1, 1, 3] differ; expected one shape.",
  );
});
