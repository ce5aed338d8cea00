import { expect, test } from "vitest";
import { LPPool1d, LPPool2d, lpPool1d, lpPool2d, randn } from "../../../src/index.js";
import { failure } from "../../support/errors.js";

test("they are their functions", () => {
  const [signal, image] = [randn([2, 3, 9]).abs(), randn([2, 3, 7, 8])];
  expect(new LPPool1d(3, 2, { stride: 3 }).forward(signal).toArray()).toEqual(lpPool1d(signal, 3, 2, { stride: 3 }).toArray());
  expect(new LPPool2d(2, [2, 3], { ceilMode: true }).forward(image).toArray()).toEqual(
    lpPool2d(image, 2, [2, 3], { ceilMode: true }).toArray(),
  );
});

test("errors tell the layer", () => {
  expect(failure(() => new LPPool2d(2, 2).forward(randn([4, 4])))).toBe(
    "SHAPE LPPool2d: x has shape [4, 4]; expected [n, c, h, w] or [c, h, w].",
  );
});
