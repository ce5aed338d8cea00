import { expect, test } from "vitest";
import {
  GlobalAvgPool1d,
  GlobalAvgPool2d,
  GlobalAvgPool3d,
  GlobalMaxPool1d,
  GlobalMaxPool2d,
  GlobalMaxPool3d,
  tensor,
} from "../../../src/index.js";
import { failure } from "../../support/errors.js";

const channel = tensor([1, 2, 3, 6]);

test.each([
  [new GlobalAvgPool1d(), [1, 1, 4], 3],
  [new GlobalAvgPool2d(), [1, 1, 2, 2], 3],
  [new GlobalAvgPool3d(), [1, 1, 2, 2, 1], 3],
  [new GlobalMaxPool1d(), [1, 1, 4], 6],
  [new GlobalMaxPool2d(), [1, 1, 2, 2], 6],
  [new GlobalMaxPool3d(), [1, 1, 2, 2, 1], 6],
])("%o", (layer, shape, expected) => {
  expect(layer.forward(channel.reshape(shape)).toArray()).toEqual([[expected]]);
});

test("keepDims keeps what was pooled, with extent 1", () => {
  const x = channel.reshape([2, 1, 1, 2]);
  expect(new GlobalAvgPool2d({ keepDims: true }).forward(x).toArray()).toEqual([[[[1.5]]], [[[4.5]]]]);
  expect(new GlobalMaxPool2d({ keepDims: true }).forward(x).shape).toEqual([2, 1, 1, 1]);
});

test("errors tell the layer", () => {
  expect(failure(() => new GlobalAvgPool2d().forward(channel))).toBe("SHAPE GlobalAvgPool2d: x has shape [4]; expected [n, c, h, w].");
  expect(failure(() => new GlobalMaxPool1d().forward(channel.reshape([1, 1, 4]).cast("int32")))).toMatch(/^DTYPE GlobalMaxPool1d: /);
});
