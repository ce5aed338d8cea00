import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import { Block, builds, normals, useBuildFor } from "../../support/kernels.js";
import { canBeWide, compiled, expectSameWide } from "../../support/wide.js";

const shapes = fc.record({
  n: fc.integer({ min: 0, max: 5 }),
  channels: fc.integer({ min: 1, max: 7 }),
  size: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 41, max: 700 })),
  beta: fc.constantFrom(0, 1, 0.5),
});

describe.each(builds)("convBias, %s", (build) => {
  useBuildFor(build);

  test("sums each channel over samples and positions", () => {
    fc.assert(
      fc.property(shapes, ({ n, channels, size, beta }) => {
        const [numbers, before] = [normals(n * channels * size, 1), normals(channels, 2)];
        const [y, out] = [Block.of(numbers), Block.of(before)];
        kernels.convBias({ y: y.at, out: out.at, n, channels, size, beta }, 0, channels);
        const found = out.read();
        for (const block of [y, out]) block.free();
        for (let c = 0; c < channels; c++) {
          let [sum, absolute] = [beta * before[c], Math.abs(before[c])];
          numbers.forEach((value, i) => {
            if (Math.floor(i / size) % channels !== c) return;
            sum += value;
            absolute += Math.abs(value);
          });
          // Four roundings of float32 where terms are added pairwise, and one of the result.
          expect(Math.abs(found[c] - sum)).toBeLessThanOrEqual(5 * 2 ** -24 * absolute);
        }
      }),
      { numRuns: 60, seed: 3 },
    );
  });
});

test.skipIf(!canBeWide).each(compiled)("convBias, %s: the same bits narrow and wide", (build) => {
  fc.assert(
    fc.property(shapes, ({ n, channels, size, beta }) => {
      const [numbers, before] = [normals(n * channels * size, 1), normals(channels, 2)];
      expectSameWide(
        build,
        kernels.convBiasKernel,
        (place) => ({ y: place(numbers), out: place(before), n, channels, size, beta }),
        0,
        channels,
      );
    }),
    { numRuns: 40, seed: 4 },
  );
});
