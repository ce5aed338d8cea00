import { expect, test } from "vitest";
import {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AdaptiveAvgPool3d,
  AdaptiveMaxPool1d,
  AdaptiveMaxPool2d,
  AdaptiveMaxPool3d,
  adaptiveAvgPool2d,
  adaptiveMaxPool2d,
  manualSeed,
  ones,
  randn,
} from "../../../src/index.js";
import { failure } from "../../support/errors.js";

test("they are their functions", () => {
  manualSeed(1);
  const x = randn([2, 3, 7, 8]);
  expect(new AdaptiveAvgPool2d([3, null]).forward(x).toArray()).toEqual(adaptiveAvgPool2d(x, [3, null]).toArray());
  expect(new AdaptiveMaxPool2d(3).forward(x).toArray()).toEqual(adaptiveMaxPool2d(x, 3).toArray());
  for (const layer of [new AdaptiveAvgPool1d(2), new AdaptiveMaxPool1d(2)]) expect(layer.forward(ones([1, 2, 5])).shape).toEqual([1, 2, 2]);
  for (const layer of [new AdaptiveAvgPool3d(2), new AdaptiveMaxPool3d(2)]) {
    expect(layer.forward(ones([1, 2, 5, 4, 3])).shape).toEqual([1, 2, 2, 2, 2]);
  }
});

test("errors tell the layer", () => {
  expect(failure(() => new AdaptiveAvgPool2d(0))).toBe(
    "ARGUMENT AdaptiveAvgPool2d: outputSize is 0; expected a whole number ≥ 1 or null, or two.",
  );
  expect(failure(() => new AdaptiveMaxPool2d(1).forward(ones([4, 4])))).toMatch(/^SHAPE AdaptiveMaxPool2d: x has shape \[4, 4\]; /);
});
