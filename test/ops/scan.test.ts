import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cumsum, type Tensor, tensor, zeros } from "../../src/index.js";
import { checkOp } from "../support/checkOp.js";
import { counting, DTYPES, expectSame, flat, naive, put, shapes } from "../support/elements.js";
import { failure } from "../support/errors.js";

describe("cumsum", () => {
  test("running sums, any shape, axis and type", () => {
    fc.assert(
      fc.property(
        shapes({ minRank: 1, maxRank: 4 }),
        fc.nat(),
        fc.boolean(),
        fc.constantFrom(...DTYPES),
        (shape, which, negative, dtype) => {
          const axis = which % shape.length;
          const x = counting(shape, dtype);
          const expected = naive(
            shape,
            (at) =>
              Array.from({ length: at[axis] + 1 }, (_, i) => x.data[flat(shape, put(at, axis, i))]).reduce((sum, value) => sum + value, 0),
            dtype === "bool" ? "int32" : dtype === "uint8" || dtype === "int32" ? "float64" : dtype,
          );
          expectSame(() => x.cumsum(negative ? axis - shape.length : axis), expected);
        },
      ),
      { numRuns: 60, seed: 10 },
    );
  });
  for (const n of [1, 3, 4, 5, 17, 64]) {
    test(`rows and columns of ${n}, with gradients`, () => {
      checkOp({ op: (x) => x.cumsum(1), shapes: [[2, n]], result: [2, n] });
      checkOp({ op: (x) => x.cumsum(0), shapes: [[n, 3]], result: [n, 3] });
    });
  }
  test("a middle axis, and nothing", () => {
    checkOp({ op: (x) => x.cumsum(-2), shapes: [[2, 3, 2]], result: [2, 3, 2] });
    checkOp({ op: (x) => x.cumsum(0), shapes: [[0, 3]], result: [0, 3] });
  });
  test("errors", () => {
    expect(failure(() => zeros([2]).cumsum(1))).toBe("INDEX cumsum: axis 1 is outside shape [2]; expected a whole number from -1 to 0.");
    expect(failure(() => tensor(1).cumsum(0))).toBe(
      "INDEX cumsum: axis 0 of a scalar; shape [] has no axes. Give it one with unsqueeze(0).",
    );
    expect(failure(() => (cumsum as (x: Tensor) => Tensor)(zeros([2])))).toBe(
      "ARGUMENT cumsum: the axis is missing; expected a whole number from -1 to 0.",
    );
    expect(failure(() => zeros([2]).cumsum("0" as never))).toBe('ARGUMENT cumsum: the axis is "0"; expected a whole number from -1 to 0.');
    expect(failure(() => cumsum(1 as never, 0))).toBe("ARGUMENT cumsum: x is 1; expected a tensor. Wrap it with tensor(…).");
  });
});
