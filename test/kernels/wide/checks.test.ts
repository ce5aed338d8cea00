import { describe, it } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import { canBeWide, compiled, expectAlwaysSameWide, type Made } from "../../support/wide.js";

describe.skipIf(!canBeWide).each(compiled)("%s", (build) => {
  it("the check of finite numbers finds the same fault narrow and wide", () => {
    expectAlwaysSameWide(build, kernels.checkFiniteKernel, (made) => ({ x: made.place(mostly(made, Number.POSITIVE_INFINITY)) }));
  });

  it("the check of a range finds the same fault narrow and wide", () => {
    expectAlwaysSameWide(build, kernels.checkWithinKernel, (made) => ({ x: made.place(mostly(made, 1.5)), min: 0, max: 1 }));
  });
});

/** Numbers in [0, 1), with or without one other. */
function mostly({ n, next }: Made, other: number): Float32Array {
  const x = Float32Array.from({ length: n }, next);
  if (n > 0 && next() < 0.5) x[Math.floor(next() * n)] = other;
  return x;
}
