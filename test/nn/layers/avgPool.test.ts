import { expect, test } from "vitest";
import { AvgPool1d, AvgPool2d, AvgPool3d, avgPool2d, manualSeed, ones, randn } from "../../../src/index.js";
import { failure } from "../../support/errors.js";

test("is its function, whose options it takes", () => {
  manualSeed(1);
  const x = randn([2, 3, 7, 8]);
  const options = { stride: [1, 2], padding: 1, ceilMode: true, countIncludePad: false };
  expect(new AvgPool2d(3, options).forward(x).toArray()).toEqual(avgPool2d(x, 3, options).toArray());
  expect(new AvgPool1d(2).forward(ones([1, 2, 5])).toArray()).toEqual(ones([1, 2, 2]).toArray());
  expect(new AvgPool3d(2).forward(ones([1, 2, 5, 4, 6])).shape).toEqual([1, 2, 2, 2, 3]);
});

test("errors tell the layer", () => {
  expect(failure(() => new AvgPool2d(2).forward(ones([4, 4])))).toBe(
    "SHAPE AvgPool2d: x has shape [4, 4]; expected [n, c, h, w] or [c, h, w].",
  );
  expect(failure(() => new AvgPool2d(2).forward(ones([1, 1, 4, 4]).cast("int32")))).toMatch(/^DTYPE AvgPool2d: x has dtype int32; /);
});
