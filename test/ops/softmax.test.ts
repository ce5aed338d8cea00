import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { logSoftmax, softmax, type Tensor, tensor, zeros } from "../../src/index.js";
import { checkOp, expectClose } from "../support/checkOp.js";
import { flat, naive, put, shapes, uniform } from "../support/elements.js";
import { failure } from "../support/errors.js";
import { builds, withBuild } from "../support/kernels.js";

const [INF, NAN] = [Number.POSITIVE_INFINITY, Number.NaN];

for (const [name, op, of] of [
  ["softmax", softmax, (p: number) => p],
  ["logSoftmax", logSoftmax, Math.log],
] as const) {
  describe(name, () => {
    for (const n of [1, 3, 4, 5, 17, 64]) {
      test(`rows of ${n}`, () => checkOp({ op: (x) => op(x), shapes: [[3, n]], result: [3, n] }));
    }
    test("another axis", () => {
      checkOp({ op: (x) => op(x, 0), shapes: [[5, 3]], result: [5, 3] });
      checkOp({ op: (x) => op(x, -2), shapes: [[2, 3, 4]], result: [2, 3, 4] });
    });
    test("any shape and axis", () => {
      fc.assert(
        fc.property(shapes({ minRank: 1, maxRank: 5, max: 4 }), fc.nat(), fc.nat(), (shape, which, seed) => {
          const axis = which % shape.length;
          const x = uniform(shape, seed);
          const lane = (at: number[]): number[] => Array.from({ length: shape[axis] }, (_, i) => x.data[flat(shape, put(at, axis, i))]);
          const expected = naive(
            shape,
            (at) => of(Math.exp(x.data[flat(shape, at)]) / lane(at).reduce((sum, value) => sum + Math.exp(value), 0)),
            "float64",
          );
          for (const build of builds)
            expectClose(
              build,
              withBuild(build, () => op(x, axis - shape.length)),
              expected,
            );
        }),
        { numRuns: 40, seed: 11 },
      );
    });
    test("does not overflow", () => {
      for (const build of builds) {
        withBuild(build, () => {
          expectClose(build, op(tensor([1000, 1000])), [of(0.5), of(0.5)]);
          expectClose(build, op(tensor([-1000, -1000])), [of(0.5), of(0.5)]);
        });
      }
    });
    test("infinities and NaN, as PyTorch", () => {
      for (const build of builds) {
        withBuild(build, () => {
          expectClose(build, op(tensor([0, -INF, 0])), [of(0.5), of(0), of(0.5)]);
          for (const row of [
            [-INF, -INF],
            [INF, 0],
            [NAN, 0, 1],
          ])
            expect([...op(tensor(row)).data].every(Number.isNaN)).toBe(true);
        });
      }
    });
    test("a scalar, nothing, integers", () => {
      expect(op(tensor(3)).item()).toBe(of(1));
      expect(op(zeros([2, 0])).shape).toEqual([2, 0]);
      expect(op(zeros([0, 2]), 0).shape).toEqual([0, 2]);
      expect(op(tensor([1, 1], { dtype: "int32" })).dtype).toBe("float32");
    });
    test("errors", () => {
      expect(failure(() => op(tensor([1, 2]), 1))).toBe(
        `INDEX ${name}: axis 1 is outside shape [2]; expected a whole number from -1 to 0.`,
      );
      expect(failure(() => op(tensor(1), 1))).toBe(`INDEX ${name}: axis 1 is outside shape [1]; expected a whole number from -1 to 0.`);
      expect(failure(() => op(null as unknown as Tensor))).toBe(`ARGUMENT ${name}: x is null; expected a tensor. Wrap it with tensor(…).`);
    });
  });
}
