import { expect, test } from "vitest";
import { grad, tensor } from "../../src/index.js";
import { embedding } from "../../src/ops/embedding.js";
import { checkOp } from "../support/checkOp.js";

const index = tensor([[3, 0, 1], [1, 1, 4]], { dtype: "int32" }); // biome-ignore format: a matrix

test.each([1, 3, 4, 5, 17])("rows of %d", (size) => {
  checkOp({ op: (weight) => embedding(weight, index), shapes: [[5, size]], result: [2, 3, size] });
});

// The padding row has a value but no gradient, which no difference quotient shows: here both forms are compared by themselves.
test("the padding row has no gradient, fused and by formula", () => {
  for (const createGraph of [false, true]) {
    const weight = tensor(new Float32Array(10).fill(1), { shape: [5, 2], requiresGrad: true });
    const [gradient] = grad(embedding(weight, index, 1).sum(), weight, { createGraph });
    expect(gradient.toArray()).toEqual([[1, 1], [0, 0], [0, 0], [1, 1], [1, 1]]); // biome-ignore format: a matrix
  }
});
