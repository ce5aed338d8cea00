import { expect, test } from "vitest";
import { ones, tensor, zeros } from "../../../src/index.js";
import { Flatten } from "../../../src/nn/index.js";

test("all axes behind the batch become one", () => {
  const layer = new Flatten();
  expect(layer.forward(tensor([[[1, 2], [3, 4]]])).toArray()).toEqual([[1, 2, 3, 4]]); // biome-ignore format: one line
  expect(layer.forward(ones([3])).shape).toEqual([3, 1]);
  expect(layer.forward(zeros([0, 2, 3])).shape).toEqual([0, 6]);
  expect(layer.outputShape([10, 1, 28, 28])).toEqual([10, 784]);
  expect(layer.config()).toEqual({});
});
