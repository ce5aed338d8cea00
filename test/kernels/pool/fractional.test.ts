import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import { Block, builds, random, useBuildFor, withBuild } from "../../support/kernels.js";

const axis = fc.record({
  output: fc.integer({ min: 1, max: 6 }),
  kernel: fc.integer({ min: 1, max: 3 }),
  more: fc.integer({ min: 0, max: 6 }),
});
const shapes = fc.record({ planes: fc.integer({ min: 0, max: 4 }), axes: fc.constantFrom(2, 3), d: axis, h: axis, w: axis });

describe.each(builds)("fractional max pooling, %s", (build) => {
  useBuildFor(build);

  test("indices are the twin's, for any split: of equals the first, of NaNs the last", () => {
    fc.assert(
      fc.property(shapes, ({ planes, axes, d, h, w }) => {
        const next = random(planes);
        const depth = axes === 3 ? d : { output: 1, kernel: 1, more: 0 };
        const extent = ({ output, kernel, more }: typeof depth): number => output + kernel - 1 + more;
        const size = extent(depth) * extent(h) * extent(w);
        const x = Block.of(Float32Array.from({ length: planes * size }, () => (next() < 0.1 ? Number.NaN : Math.floor(5 * next()))));
        const samples = Block.of(Float32Array.from({ length: planes * axes }, next));
        const run = (): unknown => {
          const indices = new Block(planes * depth.output * h.output * w.output, "int32");
          const args = {
            ...{ x: x.at, samples: samples.at, indices: indices.at, d: extent(depth), h: extent(h), w: extent(w), axes },
            ...{ od: depth.output, oh: h.output, ow: w.output, kd: depth.kernel, kh: h.kernel, kw: w.kernel },
          };
          kernels.fractionalMax(args, 1, planes);
          kernels.fractionalMax(args, 0, Math.min(1, planes));
          const found = indices.read();
          indices.free();
          return found;
        };
        expect(run()).toEqual(withBuild("js", run));
        x.free();
        samples.free();
      }),
      { numRuns: 60, seed: 8 },
    );
  });
});
