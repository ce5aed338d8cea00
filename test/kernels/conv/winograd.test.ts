import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { outputUnits } from "../../../src/kernels/convolutions.js";
import type { ConvArgs } from "../../../src/kernels/generated.js";
import * as kernels from "../../../src/kernels/generated.js";
import { winogradTiles, winogradWords } from "../../../src/kernels/winograd.js";
import { Block, builds, normals, useBuildFor, withBuild } from "../../support/kernels.js";

const shapes = fc.record({
  n: fc.integer({ min: 1, max: 3 }),
  channels: fc.integer({ min: 1, max: 70 }),
  filters: fc.integer({ min: 1, max: 70 }),
  oh: fc.integer({ min: 1, max: 17 }),
  ow: fc.integer({ min: 1, max: 17 }),
  padH: fc.nat(2),
  padW: fc.nat(2),
  relu: fc.boolean(),
  bias: fc.boolean(),
  beta: fc.constantFrom(0, 1, 0.5),
});

type Shape = typeof shapes extends fc.Arbitrary<infer T> ? T : never;

/** The input that a shape needs: at least one element. */
const extents = ({ oh, ow, padH, padW }: Shape) => ({ h: Math.max(1, oh + 2 - 2 * padH), w: Math.max(1, ow + 2 - 2 * padW) });

/** What comes of numbers that are the same for one shape. */
function operands(shape: Shape) {
  const { n, channels, filters } = shape;
  const { h, w } = extents(shape);
  const [oh, ow] = [h + 2 * shape.padH - 2, w + 2 * shape.padW - 2];
  const scale = 1 / Math.sqrt(9 * channels);
  return {
    ...{ h, w, oh, ow },
    x: normals(n * channels * h * w, 1),
    weight: normals(filters * channels * 9, 2).map((value) => scale * value),
    y: normals(n * filters * oh * ow, 3),
    bias: normals(filters, 4),
  };
}

/** The definition in float64. @param turned whether it is the gradient of the input of another convolution */
function direct(shape: Shape, turned: boolean): ArrayLike<number> {
  const { n, channels, filters, relu, beta } = shape;
  const { x, weight, y, bias, h, w, oh, ow } = operands(shape);
  const [from, by, to, biases] = [x, weight, y, bias].map((values) => Block.of(values, "float64"));
  const common = {
    bias: shape.bias ? biases.at : 0,
    weight: by.at,
    n,
    groups: 1,
    d: 1,
    od: 1,
    kd: 1,
    kh: 3,
    kw: 3,
    parts: 1,
    beta,
    act: relu ? 1 : 0,
  };
  const windows = { strideD: 1, strideH: 1, strideW: 1, padD: 0, dilationD: 1, dilationH: 1, dilationW: 1 };
  if (turned) {
    const sides = { x: to.at, y: from.at, channels: filters, filters: channels, h: oh, w: ow, oh: h, ow: w };
    const args: ConvArgs = { ...common, ...windows, ...sides, padH: 2 - shape.padH, padW: 2 - shape.padW };
    kernels.convInput(args, 0, n * filters, "float64");
  } else {
    const args: ConvArgs = {
      ...common,
      ...windows,
      x: from.at,
      y: to.at,
      channels,
      filters,
      h,
      w,
      oh,
      ow,
      padH: shape.padH,
      padW: shape.padW,
    };
    kernels.convOutput(args, 0, outputUnits(args), "float64");
  }
  const result = to.read();
  for (const block of [from, by, to, biases]) block.free();
  return result;
}

/** What the kernels make of it. @param cut where the ranges are cut, 0 to 1 */
function winograd(shape: Shape, turned: boolean, cut = 0): ArrayLike<number> {
  const { n, channels, filters, padH, padW, relu, beta } = shape;
  const { x, weight, y, bias, h, w, oh, ow } = operands(shape);
  const [from, by, to, biases] = [x, weight, y, bias].map((values) => Block.of(values));
  const tiles = winogradTiles(oh, ow);
  const { plane, words, units } = winogradWords(channels, filters);
  const u = new Block(words);
  const inTwo = (call: (from: number, to: number) => void, all: number) => {
    const middle = Math.round(cut * all);
    call(middle, all);
    call(0, middle);
  };
  const transform = { weight: by.at, u: u.at, filters, channels, plane, turned: turned ? 1 : 0 };
  inTwo((a, b) => kernels.winogradFilters(transform, a, b), units);
  const args = {
    ...{ x: from.at, u: u.at, y: to.at, bias: shape.bias ? biases.at : 0, channels, filters, h, w, oh, ow, padH, padW },
    ...{ ...tiles, plane, beta, act: relu ? 1 : 0 },
  };
  inTwo((a, b) => kernels.winogradOutput(args, a, b), n * tiles.down);
  const result = to.read();
  for (const block of [from, by, to, biases, u]) {
    block.read();
    block.free();
  }
  return result;
}

function worst(found: ArrayLike<number>, exact: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < exact.length; i++) most = Math.max(most, Math.abs(found[i] - exact[i]) / Math.max(1, Math.abs(exact[i])));
  return most;
}

describe.each(builds)("winograd, %s", (build) => {
  useBuildFor(build);

  test.each([false, true])("gives direct sums to rounding, and the same bits for any split; filters turned: %s", (turned) => {
    fc.assert(
      fc.property(shapes, fc.double({ min: 0, max: 1, noNaN: true }), (shape, cut) => {
        const found = winograd(shape, turned);
        expect(
          worst(
            found,
            withBuild("js", () => direct(shape, turned)),
          ),
        ).toBeLessThanOrEqual(1e-5);
        expect(winograd(shape, turned, cut)).toEqual(found);
      }),
      { numRuns: build === "js" ? 8 : 30, seed: 1 },
    );
  });
});
