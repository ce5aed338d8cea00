import { describe, expect, test } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import { checkPaired, paired, uniform } from "../../support/elementwise.js";
import { builds } from "../../support/kernels.js";

/** Python's a % b, which is exact but for the last rounding. */
function modulo(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

/** Python's a // b. Twice as many digits hold the difference, and the quotient is a whole number. */
function quotient(a: number, b: number): number {
  return b === 0 ? a / b : Math.round((a - modulo(a, b)) / b);
}

test("remainder", () => checkPaired(kernels.remainder, modulo, { bound: 0.51, range: [-5, 5] }));

test("floorDivide", () => {
  // An infinite divisor leaves all of a, or turns it infinite: Python has the quotients 0 and −1.
  const exact = (a: number, b: number): number => {
    if (Math.abs(b) !== Infinity || !Number.isFinite(a)) return quotient(a, b);
    return a !== 0 && a < 0 !== b < 0 ? -1 : 0;
  };
  checkPaired(kernels.floorDivide, exact, { bound: 0.51, range: [-5, 5] });
});

describe.each(builds)("%s", (build) => {
  test("Python's signs, and its quotients just below a whole number", () => {
    const dividends = [7, -7, 7, -7, -1, 1];
    const ends = [3, 3, -3, -3, Infinity, -Infinity];
    expect([...paired(build, kernels.remainder, dividends, ends)]).toEqual([1, 2, -2, -1, Infinity, -Infinity]);
    expect([...paired(build, kernels.floorDivide, dividends, ends)]).toEqual([2, -3, -3, 2, -1, -1]);
    expect([...paired(build, kernels.floorDivide, [1], [0.1])]).toEqual([9]);
  });

  test("remainders of quotients beyond float64 are exact", () => {
    const a = uniform(500, -1e20, 1e20, 5);
    const b = uniform(500, -1e-3, 1e-3, 6);
    const y = paired(build, kernels.remainder, a, b);
    y.forEach((value, i) => {
      expect(value).toBe(Math.fround(modulo(a[i], b[i])));
    });
  });
});
