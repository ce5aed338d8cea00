import fc from "fast-check";
import { describe, it } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import { anyFloats, canBeWide, compiled, expectSameWide } from "../../support/wide.js";

const names = [
  ...["neg", "abs", "sign", "sqrt", "rsqrt", "reciprocal", "square", "exp", "expm1", "log", "log1p"],
  ...["sin", "cos", "erf", "floor", "ceil", "round", "trunc"],
] as const;

describe.skipIf(!canBeWide).each(compiled)("%s", (build) => {
  it.each(names)("%s has the same bits narrow and wide", (name) => {
    const kernel = kernels[`${name}Kernel` as "expKernel"];
    fc.assert(
      fc.property(fc.nat(200), fc.nat(20), fc.nat(), (n, from, seed) => {
        const x = anyFloats(from + n, seed);
        expectSameWide(build, kernel, (place) => ({ x: place(x), out: place(new Float32Array(from + n)) }), from, from + n);
      }),
      { numRuns: 40, seed: 1 },
    );
  });
});
