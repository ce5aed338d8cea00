import { describe, expect, test } from "vitest";
import { Status } from "../../src/kernels/generated/constants.js";
import { checkWithin } from "../../src/kernels/generated.js";
import { takeFault } from "../../src/kernels/status.js";
import { Block, builds, useBuildFor } from "../support/kernels.js";

describe.each(builds)("on the %s build", (build) => {
  useBuildFor(build);

  /** The position that is reported, or null. */
  function outside(values: number[], from = 0, to = values.length): number | null {
    const x = Block.of(values);
    checkWithin({ x: x.at, min: -1, max: 2 }, from, to);
    x.free();
    const fault = takeFault();
    if (fault !== null) expect(fault.code).toBe(Status.OutOfRange);
    return fault?.detail ?? null;
  }

  test("the first that is outside is reported, at every place of every tail", () => {
    for (const n of [1, 3, 4, 5, 8, 15, 16, 17, 33]) {
      for (let i = 0; i < n; i++) {
        const values = Array.from({ length: n }, (_, j): number => (j === i ? 2.5 : 0));
        expect(outside(values)).toBe(i);
        values[n - 1] = -7;
        expect(outside(values)).toBe(i);
        expect(outside(values, i)).toBe(i);
        // What lies outside of the range of elements is another thread's.
        expect(outside(values, 0, i)).toBe(null);
      }
    }
  });

  test("the limits and NaN are not outside, infinities are", () => {
    expect(outside([-1, 2, 0, NaN, -0, 1e-45])).toBe(null);
    expect(outside([0, 0, Infinity])).toBe(2);
    expect(outside([0, -Infinity, 0, 0, 0])).toBe(1);
    expect(outside([])).toBe(null);
  });
});
