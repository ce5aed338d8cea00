import { expect, test } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import { checkMap, checkPaired, mapped, paired } from "../../support/elementwise.js";
import { builds } from "../../support/kernels.js";

test("atan", () => checkMap(kernels.atan, Math.atan, { bound: 1.7, range: [-6, 6] }));
test("asin", () => checkMap(kernels.asin, Math.asin, { bound: 2.7, range: [-1, 1] }));
test("acos", () => checkMap(kernels.acos, Math.acos, { bound: 2.3, range: [-1, 1] }));
test("atan2", () => checkPaired(kernels.atan2, Math.atan2, { bound: 1.7, range: [-5, 5] }));

test("zeros keep their signs, and tell the quadrant", () => {
  const pi = Math.fround(Math.PI);
  for (const build of builds) {
    for (const name of ["atan", "asin"] as const) expect([...mapped(build, kernels[name], [0, -0])], name).toEqual([0, -0]);
    expect([...paired(build, kernels.atan2, [0, -0, 0, -0], [0, 0, -0, -0])]).toEqual([0, -0, pi, -pi]);
  }
});
