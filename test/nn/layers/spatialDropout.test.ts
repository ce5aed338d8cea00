import { describe, expect, test } from "vitest";
import { Dropout1d, Dropout2d, Dropout3d, manualSeed, ones } from "../../../src/index.js";
import { failure } from "../../support/errors.js";
import { disturbs } from "../../support/noise.js";

const KINDS = [
  { Kind: Dropout1d, batched: [8, 16, 3], alone: [16, 3] },
  { Kind: Dropout2d, batched: [8, 16, 3, 2], alone: null },
  { Kind: Dropout3d, batched: [8, 16, 3, 2, 2], alone: [16, 3, 2, 2] },
];

describe.each(KINDS)("$Kind.name", ({ Kind, batched, alone }) => {
  disturbs(() => new Kind(0.25), batched);

  test("channels fall as a whole, with probability p, and the others are divided by 1 − p", () => {
    manualSeed(5);
    const x = ones([100, 100, ...batched.slice(2)]);
    const channels = new Kind(0.25).forward(x).flatten(2).toArray() as number[][][];
    const found = channels.flat().map((channel) => {
      expect(new Set(channel).size).toBe(1);
      return channel[0];
    });
    expect(new Set(found)).toEqual(new Set([0, Math.fround(4 / 3)]));
    // Three standard deviations of a share of 10,000.
    expect(Math.abs(found.filter((value) => value === 0).length / 10_000 - 0.25)).toBeLessThan(0.013);
  });

  test("p of 0 is the identity, p of 1 gives zeros", () => {
    const x = ones(batched);
    expect(new Kind(0).forward(x)).toBe(x);
    expect(new Set(new Kind(1).forward(x).data)).toEqual(new Set([0]));
  });

  test("a single sample, where PyTorch takes one; other axes are refused", () => {
    if (alone !== null) {
      const found = new Kind().forward(ones(alone)).flatten(1).toArray() as number[][];
      for (const channel of found) expect(new Set(channel).size).toBe(1);
    }
    expect(failure(() => new Kind().forward(ones([2])))).toMatch(
      /^SHAPE Dropout\dd: x has shape \[2\]; expected \d or \d axes, channels first/,
    );
    expect(failure(() => new Kind().eval().forward(ones([2])))).toMatch(/^SHAPE/);
  });
});

test("Dropout2d takes signals [n, c, l] as PyTorch does", () => {
  const found = new Dropout2d().forward(ones([2, 3, 4])).toArray() as number[][][];
  for (const channel of found.flat()) expect(new Set(channel).size).toBe(1);
});
