import { expect, test } from "vitest";
import { exactHistogram } from "../../src/train/histogram.js";

test("a histogram counts each finite number once, the greatest in the last bin", () => {
  expect(exactHistogram([0, 0.9, 1, 2.5, 4, Number.NaN, Infinity], 4)).toEqual({ min: 0, max: 4, counts: [2, 1, 1, 1] });
  expect(exactHistogram([3, 3], 2)).toEqual({ min: 3, max: 3, counts: [2, 0] });
  expect(exactHistogram([Number.NaN, -Infinity], 2)).toEqual({ min: 0, max: 0, counts: [0, 0] });
});
