import { describe, expect, test } from "vitest";
import { adaptiveMaxPool1d, adaptiveMaxPool2d, maxPool1d, maxPool2d, maxPool3d, type Tensor, tensor } from "../../../src/index.js";
import { checkOp } from "../../support/checkOp.js";

test("indices count in the plane of each channel", () => {
  const x = tensor([
    [
      [1, 3, 2, 0],
      [5, 4, 6, 7],
    ],
  ]);
  const { output, indices } = maxPool1d(x, 2, { returnIndices: true });
  expect([output.toArray(), indices.toArray(), indices.dtype]).toEqual([
    [
      [
        [3, 2],
        [5, 7],
      ],
    ],
    [
      [
        [1, 2],
        [0, 3],
      ],
    ],
    "int32",
  ]);
  expect(adaptiveMaxPool1d(x, 1, { returnIndices: true }).indices.toArray()).toEqual([[[1], [3]]]);
});

test("of NaNs the last, as in PyTorch", () => {
  const x = tensor([[[1, Number.NaN, 3, Number.NaN]]]);
  expect(maxPool1d(x, 4, { returnIndices: true }).indices.toArray()).toEqual([[[3]]]);
});

describe("results with indices: values, first and second derivatives", () => {
  test.each<[string, (x: Tensor) => Tensor, number[]]>([
    ["two axes", (x) => maxPool2d(x, 3, { stride: 2, padding: 1, returnIndices: true }).output, [2, 2, 5, 6]],
    ["three axes", (x) => maxPool3d(x, 2, { returnIndices: true }).output, [1, 2, 2, 4, 4]],
    ["adaptive", (x) => adaptiveMaxPool2d(x, [3, 2], { returnIndices: true }).output, [2, 1, 5, 5]],
  ])("%s", (_, op, shape) => checkOp({ op, shapes: [shape] }));
});
