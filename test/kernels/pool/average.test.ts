import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import { Block, builds, normals, useBuildFor, withBuild } from "../../support/kernels.js";
import { extentsOf, type PoolShape, poolShapes, sizesOf } from "../../support/pooling.js";

const shapes = fc.record({
  shape: poolShapes(1),
  divisor: fc.constantFrom(0, 3),
  padded: fc.constantFrom(0, 1),
  beta: fc.constantFrom(0, 1),
});

interface Averages {
  readonly shape: PoolShape;
  readonly divisor: number;
  readonly padded: number;
  readonly beta: number;
}

/** The result and the gradient. @param cut whether ranges are cut in two */
function run({ shape, ...how }: Averages, dtype: "float32" | "float64", cut = false): number[] {
  const { input, output, rows } = sizesOf(shape);
  const x = Block.of(normals(input, 1), dtype);
  const y = Block.of(normals(output, 2), dtype);
  const args = { x: x.at, y: y.at, indices: 0, ...extentsOf(shape), ...how };
  const call = (kernel: typeof kernels.averagePool, units: number): void => {
    const middle = cut ? Math.ceil(units / 3) : 0;
    kernel(args, middle, units, dtype);
    kernel(args, 0, middle, dtype);
  };
  call(kernels.averagePool, rows);
  const result = [...y.read()];
  call(kernels.averagePoolGrad, shape.planes);
  result.push(...x.read());
  x.free();
  y.free();
  return result;
}

describe.each(builds)("average pooling, %s", (build) => {
  useBuildFor(build);

  test("results and gradients are float64's to rounding, the same bits for any split", () => {
    fc.assert(
      fc.property(shapes, (averages) => {
        const exact = withBuild("js", () => run(averages, "float64"));
        const found = run(averages, "float32");
        const worst = exact.reduce((most, value, i) => Math.max(most, Math.abs(found[i] - value) / Math.max(1, Math.abs(value))), 0);
        expect(worst).toBeLessThanOrEqual(4e-6);
        expect(run(averages, "float32", true)).toEqual(found);
      }),
      { numRuns: 150, seed: 6 },
    );
  });
});
