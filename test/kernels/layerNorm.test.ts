import { describe, expect, test } from "vitest";
import * as kernels from "../../src/kernels/generated.js";
import type { DType } from "../../src/memory/views.js";
import { Block, builds, normals, useBuildFor, withBuild } from "../support/kernels.js";

const COLUMNS = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 1030];
const ROWS = [1, 3, 8, 9];

interface Options {
  affine?: boolean;
  centered?: number;
  cut?: boolean;
  dtype?: DType;
}

/** All three kernels, each in two ranges; what they leave in every block that they write. */
function run(rows: number, columns: number, { affine = true, centered = 1, cut = false, dtype = "float32" }: Options = {}) {
  const n = rows * columns;
  const block = (size: number, seed: number): Block => Block.of(normals(size, seed), dtype);
  const at = {
    x: block(n, 1),
    g: block(n, 2),
    weight: block(columns, 3),
    bias: block(columns, 4),
    y: new Block(n, dtype),
    saved: new Block(2 * rows, dtype),
    dx: new Block(n, dtype),
    dWeight: block(columns, 5),
    dBias: new Block(columns, dtype),
  };
  const common = { x: at.x.at, saved: at.saved.at, columns, centered };
  const weight = affine ? at.weight.at : 0;
  const forward = { ...common, weight, bias: affine ? at.bias.at : 0, out: at.y.at, epsilon: 1e-5 };
  const gradients = { weightGrad: at.dWeight.at, biasGrad: at.dBias.at, weightBeta: 1, biasBeta: 0 };
  const halves = (units: number): [number, number][] => {
    const middle = cut ? Math.ceil(units / 3) : 0;
    return [[middle, units], [0, middle]]; // biome-ignore format: ranges
  };
  for (const [from, to] of halves(rows)) kernels.layerNorm(forward, from, to, dtype);
  for (const [from, to] of halves(rows)) kernels.layerNormGrad({ ...common, g: at.g.at, weight, out: at.dx.at }, from, to, dtype);
  for (const [from, to] of halves(columns)) kernels.layerNormSums({ ...common, ...gradients, g: at.g.at, rows }, from, to, dtype);
  const { y, saved, dx, dWeight, dBias } = at;
  const left = Object.entries({ y, saved, dx, dWeight, dBias }).map(([name, found]) => [name, [...found.read()]] as const);
  for (const each of Object.values(at)) each.free();
  return Object.fromEntries(left);
}

describe.each(builds)("layer norm, %s", (build) => {
  useBuildFor(build);

  test.each([
    [true, 1],
    [false, 1],
    [true, 0],
  ])("weight and bias: %s, centered: %i; float64's numbers to rounding, the same bits for any split", (affine, centered) => {
    for (const columns of COLUMNS) {
      for (const rows of ROWS) {
        const exact = withBuild("js", () => run(rows, columns, { affine, centered, dtype: "float64" }));
        const found = run(rows, columns, { affine, centered });
        for (const [name, values] of Object.entries(exact)) {
          // Of one or two elements s is large, and what is left of dx next to nothing.
          const scale = Math.max(1, ...values.map(Math.abs), ...(columns < 3 ? exact.saved : []).map((s) => 100 * Math.abs(s)));
          const worst = Math.max(...values.map((value, i) => Math.abs(found[name][i] - value)));
          expect(worst, `${name} of ${rows}×${columns}`).toBeLessThanOrEqual(4e-6 * scale);
        }
        expect(run(rows, columns, { affine, centered, cut: true })).toEqual(found);
      }
    }
  });

  test("a large mean costs no digits", () => {
    const [x, y, saved] = [Block.of([10001, 10002, 10003, 10004, 10005]), new Block(5), new Block(2)];
    kernels.layerNorm({ x: x.at, weight: 0, bias: 0, out: y.at, saved: saved.at, columns: 5, epsilon: 0, centered: 1 }, 0, 1);
    for (const [i, value] of y.read().entries()) expect(value).toBeCloseTo((i - 2) / Math.sqrt(2), 6);
    for (const block of [x, y, saved]) block.free();
  });
});
