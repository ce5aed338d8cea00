import fc from "fast-check";
import { describe, it } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import { anyFloats, canBeWide, compiled, expectSameWide } from "../../support/wide.js";

describe.skipIf(!canBeWide).each(compiled)("%s", (build) => {
  it.each(["squaredError", "binaryCrossEntropy"] as const)("%s, its sums and its gradient have the same bits narrow and wide", (name) => {
    const [each, sum, chunks] = [kernels[`${name}Kernel`], kernels[`${name}SumKernel`], kernels[`${name}ChunksKernel`]];
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(20), fc.boolean(), fc.nat(), (n, from, gPerElement, seed) => {
        const length = from + n;
        const [x, y, g] = [0, 1, 2].map((i) => anyFloats(length, seed + i));
        const out = new Float32Array(length);
        expectSameWide(build, each, (place) => ({ x: place(x), y: place(y), out: place(out) }), from, length);
        expectSameWide(build, sum, (place) => ({ x: place(x), y: place(y), out: place([0]), length, divisor: length }), 0, 1);
        expectSameWide(build, chunks, (place) => ({ x: place(x), y: place(y), out: place([0], "float64"), length }), 0, 1);
        const gradient = { scale: 0.3, gPerElement: Number(gPerElement) };
        expectSameWide(
          build,
          kernels[`${name}GradKernel`],
          (place) => ({ ...gradient, x: place(x), y: place(y), g: place(g), out: place(out) }),
          from,
          length,
        );
      }),
      { numRuns: 40, seed: 1 },
    );
  });
});
