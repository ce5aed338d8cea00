import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { weightUnits } from "../../../src/kernels/convolutions.js";
import * as kernels from "../../../src/kernels/generated.js";
import { winogradParts, winogradTiles } from "../../../src/kernels/winograd.js";
import { Block, builds, normals, useBuildFor, withBuild } from "../../support/kernels.js";

const shapes = fc.record({
  n: fc.integer({ min: 1, max: 3 }),
  channels: fc.integer({ min: 1, max: 70 }),
  filters: fc.integer({ min: 1, max: 70 }),
  oh: fc.integer({ min: 1, max: 17 }),
  ow: fc.integer({ min: 1, max: 17 }),
  padH: fc.nat(2),
  padW: fc.nat(2),
  beta: fc.constantFrom(0, 1, 0.5),
  parts: fc.integer({ min: 1, max: 4 }),
});

type Shape = typeof shapes extends fc.Arbitrary<infer T> ? T : never;

function extents(shape: Shape) {
  const [h, w] = [Math.max(1, shape.oh + 2 - 2 * shape.padH), Math.max(1, shape.ow + 2 - 2 * shape.padW)];
  return { h, w, oh: h + 2 * shape.padH - 2, ow: w + 2 * shape.padW - 2, padH: shape.padH, padW: shape.padW };
}

/** Numbers that are the same for one shape: x, y, and what the result holds before. */
function operands(shape: Shape) {
  const { n, channels, filters } = shape;
  const { h, w, oh, ow } = extents(shape);
  const scale = 1 / Math.sqrt(n * oh * ow);
  const y = normals(n * filters * oh * ow, 2).map((value) => scale * value);
  return [normals(n * channels * h * w, 1), y, normals(9 * filters * channels, 3)];
}

/** The definition in float64. */
function direct(shape: Shape): ArrayLike<number> {
  const { n, channels, filters, beta } = shape;
  const [x, y, weight] = operands(shape).map((values) => Block.of(values, "float64"));
  const sizes = { n, groups: 1, channels, filters, d: 1, od: 1, kd: 1, kh: 3, kw: 3, padD: 0, ...extents(shape) };
  const windows = { strideD: 1, strideH: 1, strideW: 1, dilationD: 1, dilationH: 1, dilationW: 1 };
  const args = { x: x.at, y: y.at, weight: weight.at, bias: 0, ...sizes, ...windows, parts: 1, beta, act: 0 };
  kernels.convWeight(args, 0, weightUnits(args), "float64");
  const result = weight.read();
  for (const block of [x, y, weight]) block.free();
  return result;
}

/** What the kernels make of it. @param cut where the ranges are cut, 0 to 1 */
function winograd(shape: Shape, cut = 0): ArrayLike<number> {
  const { n, channels, filters, beta } = shape;
  const sizes = extents(shape);
  const tiles = winogradTiles(sizes.oh, sizes.ow);
  const rows = n * tiles.down;
  const { step, units } = winogradParts(rows, tiles.across, channels, filters);
  // As many parts as the shape says, though it is small.
  const partRows = Math.ceil(rows / shape.parts);
  const count = Math.ceil(rows / partRows);
  const parts = new Block(count * 9 * filters * step);
  const [x, y, weight] = operands(shape).map((values) => Block.of(values));
  const inTwo = (call: (from: number, to: number) => void, all: number) => {
    const middle = Math.round(cut * all);
    call(middle, all);
    call(0, middle);
  };
  const args = { x: x.at, y: y.at, parts: parts.at, channels, filters, step, ...sizes, ...tiles, rows, partRows };
  inTwo((from, to) => kernels.winogradWeight(args, from, to), count * units);
  const sums = { parts: parts.at, weight: weight.at, channels, filters, step, count, beta };
  inTwo((from, to) => kernels.winogradWeightSums(sums, from, to), filters);
  const result = weight.read();
  for (const block of [x, y, weight, parts]) {
    block.read();
    block.free();
  }
  return result;
}

describe.each(builds)("winogradWeight, %s", (build) => {
  useBuildFor(build);

  test("gives direct sums to rounding, and the same bits for any split", () => {
    fc.assert(
      fc.property(shapes, fc.double({ min: 0, max: 1, noNaN: true }), (shape, cut) => {
        const found = winograd(shape);
        const exact = withBuild("js", () => direct(shape));
        const worst = [...(exact as Float64Array)].reduce((most, value, i) => Math.max(most, Math.abs(found[i] - value)), 0);
        expect(worst).toBeLessThanOrEqual(1e-5);
        expect(winograd(shape, cut)).toEqual(found);
      }),
      { numRuns: build === "js" ? 8 : 30, seed: 1 },
    );
  });
});
