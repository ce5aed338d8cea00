import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import { Block, builds, normals, useBuildFor } from "../../support/kernels.js";

const shapes = fc.record({
  planes: fc.integer({ min: 0, max: 4 }),
  n: fc.integer({ min: 1, max: 9 }),
  size: fc.integer({ min: 1, max: 30 }),
});

describe.each(builds)("max unpooling, %s", (build) => {
  useBuildFor(build);

  test("elements go to their indices, the last of several; elsewhere is 0, for any split", () => {
    fc.assert(
      fc.property(shapes, fc.infiniteStream(fc.nat()), ({ planes, n, size }, stream) => {
        const indices = Int32Array.from({ length: planes * n }, () => (stream.next().value as number) % size);
        const values = normals(planes * n, 1);
        const expected = new Float32Array(planes * size);
        values.forEach((value, i) => {
          expected[Math.floor(i / n) * size + indices[i]] = value;
        });
        const [x, at, out] = [Block.of(values), Block.of(indices, "int32"), new Block(planes * size)];
        const args = { x: x.at, indices: at.at, out: out.at, n, size };
        kernels.maxUnpool(args, 1, planes);
        kernels.maxUnpool(args, 0, Math.min(1, planes));
        expect(out.read()).toEqual(expected);
        for (const block of [x, at, out]) block.free();
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});
