import { test } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import { checkPaired } from "../../support/elementwise.js";

test("hypot", () => checkPaired(kernels.hypot, Math.hypot, { bound: 2.1, range: [-5, 5] }));

test("logAddExp", () => {
  const exact = (a: number, b: number): number => (a === b ? a + Math.LN2 : Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b))));
  // Both terms may be greater than their sum, whose last place is not theirs then.
  const scale = (a: number, b: number, y: number): number => Math.max(Math.abs(a), Math.abs(b), Math.abs(y));
  checkPaired(kernels.logAddExp, exact, { bound: 3, range: [-5, 5], scale });
});
