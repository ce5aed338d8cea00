import { expect, test } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import { checkMap, mapped } from "../../support/elementwise.js";
import { builds } from "../../support/kernels.js";

test("asinh", () => checkMap(kernels.asinh, Math.asinh, { bound: 2, range: [-6, 6] }));
test("acosh", () => checkMap(kernels.acosh, Math.acosh, { bound: 2.5, range: [0.9, 6] }));
test("atanh", () => checkMap(kernels.atanh, Math.atanh, { bound: 2.2, range: [-1, 1] }));

test("zeros keep their signs", () => {
  for (const build of builds) {
    for (const name of ["asinh", "atanh"] as const) expect([...mapped(build, kernels[name], [0, -0])], name).toEqual([0, -0]);
  }
});
