import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { weightUnits } from "../../../src/kernels/convolutions.js";
import * as kernels from "../../../src/kernels/generated.js";
import { winogradParts, winogradTiles } from "../../../src/kernels/winograd.js";
import { Block, builds, normals, useBuildFor, withBuild } from "../../support/kernels.js";
import { inTwo, type Shape, shapes } from "../../support/winograd.js";

const extras = fc.record({ beta: fc.constantFrom(0, 1, 0.5), parts: fc.integer({ min: 1, max: 4 }) });

type Call = Shape & (typeof extras extends fc.Arbitrary<infer T> ? T : never);

/** Numbers that are the same for one shape: x, y, and what the result holds before. */
function operands({ n, channels, filters, h, w, oh, ow }: Shape): Float32Array[] {
  const scale = 1 / Math.sqrt(n * oh * ow);
  const y = normals(n * filters * oh * ow, 2).map((value) => scale * value);
  return [normals(n * channels * h * w, 1), y, normals(9 * filters * channels, 3)];
}

/** The definition in float64. */
function direct(call: Call): ArrayLike<number> {
  const { n, channels, filters, h, w, oh, ow, padH, padW, beta } = call;
  const [x, y, weight] = operands(call).map((values) => Block.of(values, "float64"));
  const sizes = { n, groups: 1, channels, filters, d: 1, h, w, od: 1, oh, ow, kd: 1, kh: 3, kw: 3, padD: 0, padH, padW };
  const windows = { strideD: 1, strideH: 1, strideW: 1, dilationD: 1, dilationH: 1, dilationW: 1 };
  const args = { x: x.at, y: y.at, weight: weight.at, bias: 0, ...sizes, ...windows, parts: 1, beta, act: 0 };
  kernels.convWeight(args, 0, weightUnits(args), "float64");
  const result = weight.read();
  for (const block of [x, y, weight]) block.free();
  return result;
}

/** What the kernels make of it, in about as many parts as asked for. @param cut where the ranges are cut, 0 to 1 */
function winograd(call: Call, cut = 0): ArrayLike<number> {
  const { n, channels, filters, h, w, oh, ow, padH, padW, beta } = call;
  const tiles = winogradTiles(oh, ow);
  const rows = n * tiles.down;
  const partRows = Math.ceil(rows / call.parts);
  const count = Math.ceil(rows / partRows);
  const { step, units } = winogradParts(partRows, tiles.across, channels, filters);
  const parts = new Block(count * 9 * filters * step);
  const [x, y, weight] = operands(call).map((values) => Block.of(values));
  const args = { x: x.at, y: y.at, parts: parts.at, channels, filters, step, h, w, oh, ow, padH, padW, ...tiles, rows, partRows };
  inTwo((from, to) => kernels.winogradWeight(args, from, to), count * units, cut);
  const sums = { parts: parts.at, weight: weight.at, channels, filters, step, count, beta };
  inTwo((from, to) => kernels.winogradWeightSums(sums, from, to), filters, cut);
  const result = weight.read();
  for (const block of [x, y, weight, parts]) {
    block.read();
    block.free();
  }
  return result;
}

function worst(found: ArrayLike<number>, exact: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < exact.length; i++) most = Math.max(most, Math.abs(found[i] - exact[i]));
  return most;
}

describe.each(builds)("winogradWeight, %s", (build) => {
  useBuildFor(build);

  test("gives direct sums to rounding, and the same bits for any split", () => {
    fc.assert(
      fc.property(shapes, extras, fc.double({ min: 0, max: 1, noNaN: true }), (shape, more, cut) => {
        const call = { ...shape, ...more };
        const found = winograd(call);
        const exact = withBuild("js", () => direct(call));
        expect(worst(found, exact)).toBeLessThanOrEqual(1e-5);
        expect(winograd(call, cut)).toEqual(found);
      }),
      { numRuns: build === "js" ? 6 : 25, seed: 1 },
    );
  });

  // The widest one with so many channels and filters: see src/ops/winograd.ts.
  test.skipIf(build === "js")("a row of tiles that fills scratch", () => {
    const call = { n: 1, channels: 49, filters: 64, h: 1, w: 540, oh: 1, ow: 540, padH: 1, padW: 1, beta: 0, parts: 1 } as const;
    expect(
      worst(
        winograd(call),
        withBuild("js", () => direct(call)),
      ),
    ).toBeLessThanOrEqual(1e-5);
  });
});
