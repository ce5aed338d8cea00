import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import { Block, builds, random, useBuildFor, withBuild } from "../../support/kernels.js";
import { extentsOf, type PoolShape, poolShapes, sizesOf } from "../../support/pooling.js";

const shapes = fc.tuple(poolShapes(3), fc.boolean(), fc.constantFrom<0 | 1>(0, 1));

/** Small whole numbers, so that many are equal, some NaN and some −∞. */
function drawn(n: number, seed: number): Float32Array {
  const next = random(seed);
  return Float32Array.from({ length: n }, () => {
    const draw = Math.floor(24 * next());
    return draw === 0 ? Number.NaN : draw < 4 ? -Infinity : (draw % 5) - 2;
  });
}

/** The result, its indices and the gradient. @param cut whether ranges are cut in two */
function run(shape: PoolShape, keeps: boolean, beta: 0 | 1, cut = false): unknown {
  const { input, output, rows } = sizesOf(shape);
  const x = Block.of(drawn(input, 1));
  const y = Block.of(drawn(output, 2));
  const indices = Block.of(new Int32Array(output), "int32");
  const args = { x: x.at, y: y.at, indices: keeps ? indices.at : 0, ...extentsOf(shape), divisor: 0, padded: 0, beta };
  const parts = (units: number): [number, number][] => {
    const middle = cut ? Math.ceil(units / 3) : 0;
    return [
      [middle, units],
      [0, middle],
    ];
  };
  for (const [from, to] of parts(rows)) kernels.maxPool(args, from, to);
  const results = [y.read(), indices.read()];
  // NaN would spread over what is added up.
  const g = Block.of(Float32Array.from({ length: output }, (_, i) => (i % 7) - 3));
  x.view().fill(1);
  if (keeps) for (const [from, to] of parts(shape.planes)) kernels.maxPoolGrad({ ...args, y: g.at }, from, to);
  results.push(x.read());
  for (const block of [x, y, indices, g]) block.free();
  return results;
}

describe.each(builds)("max pooling, %s", (build) => {
  useBuildFor(build);

  test("results, indices and gradients are the twin's, for any split: of equals the first, of NaNs the last", () => {
    fc.assert(
      fc.property(shapes, ([shape, keeps, beta]) => {
        const exact = withBuild("js", () => run(shape, keeps, beta));
        expect(run(shape, keeps, beta)).toEqual(exact);
        expect(run(shape, keeps, beta, true)).toEqual(exact);
      }),
      { numRuns: 200, seed: 5 },
    );
  });
});
