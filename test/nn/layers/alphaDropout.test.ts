import { describe, expect, test } from "vitest";
import { AlphaDropout, FeatureAlphaDropout, manualSeed, ones, randn } from "../../../src/index.js";
import { failure } from "../../support/errors.js";
import { disturbs, moments } from "../../support/noise.js";

/** Klambauer et al. in float64: what is kept of x, and what falls. */
function formula(x: number, p: number): [number, number] {
  const [lambda, alpha] = [1.0507009873554805, 1.6732632423543772];
  const low = -lambda * alpha;
  const a = 1 / Math.sqrt(1 - p + p * (1 - p) * low * low);
  const b = -a * p * low;
  return [a * x + b, a * low + b];
}

describe.each([{ Kind: AlphaDropout }, { Kind: FeatureAlphaDropout }])("$Kind.name", ({ Kind }) => {
  disturbs(() => new Kind(0.25), [8, 16, 3]);

  test("gives the two values of the formula", () => {
    for (const p of [0.1, 0.5, 0.9]) {
      manualSeed(1);
      const values = [...new Set(new Kind(p).forward(ones([50, 40, 2]).mul(2)).data)].sort((a, b) => b - a);
      expect(values).toHaveLength(2);
      for (const [i, value] of formula(2, p).entries()) expect(values[i]).toBeCloseTo(value, 5);
    }
  });

  test("keeps mean 0 and variance 1", () => {
    manualSeed(2);
    const { mean, variance } = moments(new Kind(0.3).forward(randn([400, 200, 2])));
    expect(mean).toBeCloseTo(0, 1);
    expect(variance).toBeCloseTo(1, 1);
  });

  test("p of 0 is the identity, p of 1 gives zeros, as in PyTorch", () => {
    const x = randn([3, 4]);
    expect(new Kind(0).forward(x)).toBe(x);
    for (const value of new Kind(1).forward(x).data) expect(Math.abs(value)).toBe(0);
  });
});

test("FeatureAlphaDropout: channels fall as a whole; vectors have none", () => {
  manualSeed(3);
  const found = new FeatureAlphaDropout(0.5).forward(ones([5, 6, 7])).toArray() as number[][][];
  for (const channel of found.flat()) expect(new Set(channel).size).toBe(1);
  expect(new Set(found.flat(2)).size).toBe(2);
  expect(failure(() => new FeatureAlphaDropout().forward(ones([3])))).toMatch(
    /^SHAPE FeatureAlphaDropout: x has shape \[3\]; expected at least two axes/,
  );
});
