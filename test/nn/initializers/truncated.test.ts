import { beforeEach, describe, expect, test } from "vitest";
import { Dense, initializers, manualSeed } from "../../../src/index.js";
import { failure } from "../../support/errors.js";
import { moments } from "../../support/moments.js";

beforeEach(() => manualSeed(1));

describe("truncated normal numbers", () => {
  /** The density of N(0, 1), and its integral, by the trapezoidal rule. */
  const density = (z: number): number => Math.exp((-z * z) / 2);
  const expected = (from: number, to: number): { mean: number; std: number } => {
    const steps = 20_000;
    const sums = [0, 0, 0];
    for (let i = 0; i <= steps; i++) {
      const z = from + ((to - from) * i) / steps;
      const weight = density(z) * (i === 0 || i === steps ? 0.5 : 1);
      for (const power of [0, 1, 2]) sums[power] += weight * z ** power;
    }
    const mean = sums[1] / sums[0];
    return { mean, std: Math.sqrt(sums[2] / sums[0] - mean * mean) };
  };
  test.each([
    [-2, 2],
    [-1, 0.5],
    [0, 3],
    [-4, 1],
    [1.5, 2.5],
    [3, 3.5],
    [6, 7],
  ])("between %d and %d standard deviations", (from, to) => {
    const [center, scale] = [0.3, 0.2];
    const options = { mean: center, std: scale, a: center + scale * from, b: center + scale * to };
    const { weight } = new Dense(60, { weightInitializer: initializers.truncatedNormal(options), inputShape: [40] });
    const found = weight.data as Float32Array;
    const { mean, std } = moments(found);
    const right = expected(from, to);
    expect(Math.min(...found)).toBeGreaterThanOrEqual(center + scale * from - 1e-7);
    expect(Math.max(...found)).toBeLessThanOrEqual(center + scale * to + 1e-7);
    expect(Math.abs(mean - (center + scale * right.mean)) / (scale * right.std)).toBeLessThan(0.06);
    expect(Math.abs(std / (scale * right.std) - 1)).toBeLessThan(0.06);
  });
  test("limits in the wrong order, and where hardly anything is", () => {
    expect(failure(() => initializers.truncatedNormal({ a: 1, b: 1 }))).toBe("ARGUMENT truncatedNormal: a 1, b 1; expected a < b.");
    expect(failure(() => initializers.truncatedNormal({ std: 1, a: 3, b: 9 }))).toBe(
      "ARGUMENT truncatedNormal: a 3, b 9 lie more than 2 std from the mean 0; expected limits around what is likely.",
    );
  });
});
