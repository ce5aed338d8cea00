import { describe, expect, test } from "vitest";
import { GaussianDropout, GaussianNoise, manualSeed, ones } from "../../../src/index.js";
import { failure } from "../../support/errors.js";
import { disturbs, moments } from "../../support/noise.js";

describe("GaussianNoise", () => {
  disturbs(() => new GaussianNoise(0.5), [8, 16]);
  test("adds noise of mean 0 and the standard deviation", () => {
    manualSeed(1);
    const { mean, variance } = moments(new GaussianNoise(0.5).forward(ones([400, 100]).mul(3)));
    expect(mean).toBeCloseTo(3, 1);
    expect(variance).toBeCloseTo(0.25, 2);
  });
  test("no noise for 0; others are refused", () => {
    const x = ones([3]);
    expect(new GaussianNoise(0).forward(x)).toBe(x);
    expect(failure(() => new GaussianNoise(-1))).toBe("ARGUMENT GaussianNoise: std is -1; expected a number ≥ 0.");
  });
});

describe("GaussianDropout", () => {
  disturbs(() => new GaussianDropout(0.2), [8, 16]);
  test("multiplies by noise of mean 1 and variance p/(1 − p)", () => {
    manualSeed(2);
    const { mean, variance } = moments(new GaussianDropout(0.2).forward(ones([400, 100]).mul(3)));
    expect(mean).toBeCloseTo(3, 1);
    expect(variance).toBeCloseTo(9 * 0.25, 1);
  });
  test("nothing for 0; 1 is refused", () => {
    const x = ones([3]);
    expect(new GaussianDropout(0).forward(x)).toBe(x);
    expect(failure(() => new GaussianDropout(1))).toBe("ARGUMENT GaussianDropout: p is 1; expected a number from 0 to below 1.");
  });
});
