import fc from "fast-check";
import { describe, it } from "vitest";
import type { BitsArgs } from "../../../src/kernels/generated.js";
import * as kernels from "../../../src/kernels/generated.js";
import type { Kernel } from "../../../src/kernels/kernel.js";
import { anyFloats, canBeWide, compiled, expectSameWide, type Place } from "../../support/wide.js";

type Common = Omit<BitsArgs, "out">;

/** The arguments of each kernel besides those that all have; n elements are written. */
const OTHERS = {
  randomBits: () => ({}),
  uniform: () => ({ low: -0.3, high: 2.1 }),
  normal: () => ({ mean: 1, std: 2 }),
  randint: () => ({ low: -3, high: 1000 }),
  dropout: (place: Place, n: number, seed: number) => ({ x: place(anyFloats(n, seed)), p: place([0.3], "float64") }),
};

describe.skipIf(!canBeWide).each(compiled)("%s", (build) => {
  it.each(Object.entries(OTHERS))("%s has the same bits narrow and wide, wherever a range begins and ends", (name, others) => {
    const kernel = kernels[`${name}Kernel` as keyof typeof kernels] as Kernel<Common>;
    const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    // Three chunks of 1024 elements begin or end in some of the ranges.
    const length = fc.oneof({ weight: 7, arbitrary: fc.nat(200) }, fc.integer({ min: 900, max: 2200 }));
    fc.assert(
      fc.property(length, fc.nat(100), word, word, fc.nat(), (n, from, key0, key1, seed) => {
        const args = (place: Place) => ({
          ...{ out: place(new Float32Array(from + n)), counter: place([seed], "int32"), key0, key1 },
          ...others(place, from + n, seed),
        });
        expectSameWide(build, kernel, args, from, from + n);
      }),
      { numRuns: 30, seed: 1 },
    );
  });
});
