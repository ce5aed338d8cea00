import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as kernels from "../../src/kernels/generated.js";
import { builds } from "../support/kernels.js";
import { lanes, reduceView } from "../support/reduce.js";

// Few distinct values, so that ties are common.
const value = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity, -0, 1e-45) },
);
const view = fc.record({
  outer: fc.integer({ min: 1, max: 3 }),
  reduced: fc.integer({ min: 1, max: 40 }),
  inner: fc.constantFrom(1, 1, 2, 3, 4, 7, 17),
});

/** The first position of the extreme by its definition: NaN first, then order, then position. */
function position(lane: number[], sign: number): number {
  const nan = lane.findIndex(Number.isNaN);
  return nan >= 0 ? nan : lane.findIndex((x) => x === sign * Math.max(...lane.map((y) => sign * y)));
}

describe.each(builds)("extremes, %s", (build) => {
  it.each([
    ["max", kernels.max, kernels.argmax, 1],
    ["min", kernels.min, kernels.argmin, -1],
  ] as const)("%s and its first position, over any shape and split", (_, extreme, argument, sign) => {
    fc.assert(
      fc.property(
        view,
        fc.array(value, { minLength: 2040, maxLength: 2040 }),
        fc.array(fc.nat(60), { maxLength: 3 }),
        (shape, pool, cuts) => {
          const x = Float32Array.from(pool.slice(0, shape.outer * shape.reduced * shape.inner));
          const values = reduceView(build, extreme, x, shape);
          const positions = reduceView(build, argument, x, shape, { outType: "int32" });
          lanes(x, shape).forEach((lane, i) => {
            expect(positions[i]).toBe(position(lane, sign));
            expect(values[i] + 0).toBe(lane[positions[i]] + 0);
          });
          expect(reduceView(build, extreme, x, shape, { cuts })).toEqual(values);
          expect(reduceView(build, argument, x, shape, { outType: "int32", cuts })).toEqual(positions);
        },
      ),
      { seed: 2, numRuns: 60 },
    );
  });

  it("finds an extreme at every place of long rows and wide views", () => {
    for (const n of [1, 4, 5, 15, 16, 17, 33, 1024, 1025, 2100]) {
      for (const at of [0, n >> 1, n - 1]) {
        const x = new Float32Array(n).fill(-2);
        x[at] = -1;
        expect(reduceView(build, kernels.argmax, x, { outer: 1, reduced: n, inner: 1 }, { outType: "int32" })[0]).toBe(at);
        const wide = Float32Array.from([...x, ...new Float32Array(n).fill(-1.5)]);
        const positions = reduceView(build, kernels.argmax, wide, { outer: 1, reduced: 2, inner: n }, { outType: "int32" });
        expect([...positions]).toEqual(Array.from({ length: n }, (_, i) => Number(i !== at)));
      }
    }
  });
});

it("takes integers on the twins", () => {
  const shape = { outer: 1, reduced: 3, inner: 2 };
  expect([...reduceView("simd", kernels.max, [1, -2, 3, 4, 5, -6], shape, { dtype: "int32" })]).toEqual([5, 4]);
  expect([...reduceView("simd", kernels.argmin, [1, 2, 3, 4, 0, 2], shape, { dtype: "uint8", outType: "int32" })]).toEqual([2, 0]);
});
