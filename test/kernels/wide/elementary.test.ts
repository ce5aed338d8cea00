import { describe, it } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import { canBeWide, compiled, expectAlwaysSameWide } from "../../support/wide.js";

const names = [
  ...["neg", "abs", "sign", "sqrt", "rsqrt", "reciprocal", "square", "exp", "expm1", "log", "log1p"],
  ...["sin", "cos", "erf", "floor", "ceil", "round", "trunc"],
] as const;

describe.skipIf(!canBeWide).each(compiled)("%s", (build) => {
  it.each(names)("%s has the same bits narrow and wide", (name) => {
    const kernel = kernels[`${name}Kernel` as "expKernel"];
    expectAlwaysSameWide(build, kernel, ({ n, place, floats }) => ({ x: place(floats(n)), out: place(new Float32Array(n)) }));
  });
});
