import { describe, expect, test } from "vitest";
import { manualSeed, ones, StochasticDepth, type StochasticDepthOptions, stochasticDepthRates } from "../../../src/index.js";
import { failure } from "../../support/errors.js";
import { disturbs } from "../../support/noise.js";

describe("row", () => disturbs(() => new StochasticDepth(0.25), [16, 3, 2]));

test.each([{ mode: "row" }, { mode: "batch" }] as StochasticDepthOptions[])(
  "$mode: samples fall as a whole, with probability p",
  ({ mode }) => {
    manualSeed(1);
    const layer = new StochasticDepth(0.25, { mode });
    const batches = Array.from({ length: 400 }, () => layer.forward(ones([20, 3])).toArray() as number[][]);
    for (const sample of batches.flat()) expect(new Set(sample).size).toBe(1);
    if (mode === "batch") for (const batch of batches) expect(new Set(batch.flat()).size).toBe(1);
    else expect(batches.some((batch) => new Set(batch.flat()).size === 2)).toBe(true);
    const firsts = batches.map(([[first]]) => first);
    expect(new Set(firsts)).toEqual(new Set([0, Math.fround(4 / 3)]));
    // Three standard deviations of a share of 400.
    expect(Math.abs(firsts.filter((value) => value === 0).length / 400 - 0.25)).toBeLessThan(0.065);
  },
);

test("p of 0 is the identity, p of 1 gives zeros, as in torchvision", () => {
  const x = ones([3, 4]);
  expect(new StochasticDepth(0).forward(x)).toBe(x);
  expect(new Set(new StochasticDepth(1).forward(x).data)).toEqual(new Set([0]));
});

test("stochasticDepthRates: linear, the last one given", () => {
  expect(stochasticDepthRates(5, 0.5)).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
  expect(stochasticDepthRates(1, 0.2)).toEqual([0.2]);
  expect(failure(() => stochasticDepthRates(0, 0.5))).toBe("ARGUMENT stochasticDepthRates: blocks is 0; expected a whole number ≥ 1.");
  expect(failure(() => stochasticDepthRates(2, 1.5))).toMatch(/last is 1\.5; expected a number from 0 to 1/);
});
