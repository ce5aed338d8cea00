import fc from "fast-check";
import { describe, it } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import { anyFloats, canBeWide, compiled, expectSameWide } from "../../support/wide.js";

/** Each reduction of a view [outer, reduced, inner], with what its record has beside x, out, reduced and inner. */
const REDUCTIONS = {
  sum: { divisor: 1, beta: 0 },
  mean: { divisor: 7, beta: 0.5 },
  prod: {},
  max: {},
  min: {},
  argmax: {},
  argmin: {},
  variance: { mean: 0, correction: 1, root: 0 },
  deviation: { mean: 0, correction: 0, root: 1 },
  logSumExp: {},
  norm1: { p: 1 },
  norm2: { p: 2 },
  norm3: { p: 3 },
  normInfinity: { p: Infinity },
};
type Name = keyof typeof REDUCTIONS;
const { sumKernel: mean, varianceKernel: deviation, normKernel: norm } = kernels;
const KERNELS = {
  ...kernels,
  meanKernel: mean,
  deviationKernel: deviation,
  norm1Kernel: norm,
  norm2Kernel: norm,
  norm3Kernel: norm,
  normInfinityKernel: norm,
};

const size = (most: number) => fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: most }));
const views = fc
  .record({ outer: size(20), reduced: size(300), inner: size(1100) })
  .filter(({ outer, reduced, inner }) => outer * reduced * inner < 20000);

describe.skipIf(!canBeWide).each(compiled)("%s", (build) => {
  it.each(Object.keys(REDUCTIONS) as Name[])("%s has the same bits narrow and wide", (name) => {
    const kernel = KERNELS[`${name}Kernel` as "maxKernel"];
    fc.assert(
      fc.property(
        views,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.boolean(),
        fc.nat(),
        ({ outer, reduced, inner }, cut, special, seed) => {
          const outputs = outer * inner;
          const any = anyFloats(outputs * reduced, seed);
          const x = special ? any : any.map((value) => (Math.abs(value) < 1e6 ? value : 1));
          const args = { reduced, inner, ...REDUCTIONS[name] };
          expectSameWide(
            build,
            kernel,
            (place) => ({ ...args, x: place(x), out: place(new Float32Array(outputs).fill(3)) }),
            Math.floor(cut * outputs),
            outputs,
          );
        },
      ),
      { numRuns: 100, seed: 1 },
    );
  });
});
