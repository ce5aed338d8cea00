import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { outputUnits } from "../../../src/kernels/convolutions.js";
import * as kernels from "../../../src/kernels/generated.js";
import { winogradTiles, winogradWords } from "../../../src/kernels/winograd.js";
import { Block, builds, normals, useBuildFor, withBuild } from "../../support/kernels.js";
import { inTwo, type Shape, shapes } from "../../support/winograd.js";

const extras = fc.record({ relu: fc.boolean(), bias: fc.boolean(), beta: fc.constantFrom(0, 1, 0.5) });

type Call = Shape & (typeof extras extends fc.Arbitrary<infer T> ? T : never);

/** Numbers that are the same for one shape: x, weight, what y holds before, and bias. */
function operands({ n, channels, filters, h, w, oh, ow }: Shape): Float32Array[] {
  const scale = 1 / Math.sqrt(9 * channels);
  const weight = normals(filters * channels * 9, 2).map((value) => scale * value);
  return [normals(n * channels * h * w, 1), weight, normals(n * filters * oh * ow, 3), normals(filters, 4)];
}

/** The definition in float64. @param turned whether it is the gradient of the input of another convolution */
function direct(call: Call, turned: boolean): ArrayLike<number> {
  const { n, channels, filters, h, w, oh, ow, padH, padW, relu, bias, beta } = call;
  const [x, weight, y, biases] = operands(call).map((values) => Block.of(values, "float64"));
  const common = {
    weight: weight.at,
    bias: bias ? biases.at : 0,
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
    const sides = { x: y.at, y: x.at, channels: filters, filters: channels, h: oh, w: ow, oh: h, ow: w, padH: 2 - padH, padW: 2 - padW };
    kernels.convInput({ ...common, ...windows, ...sides }, 0, n * filters, "float64");
  } else {
    const sides = { x: x.at, y: y.at, channels, filters, h, w, oh, ow, padH, padW };
    const args = { ...common, ...windows, ...sides };
    kernels.convOutput(args, 0, outputUnits(args), "float64");
  }
  const result = y.read();
  for (const block of [x, weight, y, biases]) block.free();
  return result;
}

/** What the kernels make of it. @param cut where the ranges are cut, 0 to 1 @param input x */
function winograd(call: Call, turned: boolean, cut = 0, input = operands(call)[0]): ArrayLike<number> {
  const { n, channels, filters, h, w, oh, ow, padH, padW, relu, bias, beta } = call;
  const [, ...others] = operands(call);
  const [x, weight, y, biases] = [input, ...others].map((values) => Block.of(values));
  const tiles = winogradTiles(oh, ow);
  const { plane, words, units } = winogradWords(channels, filters);
  const u = new Block(words);
  const transform = { weight: weight.at, u: u.at, filters, channels, plane, turned: turned ? 1 : 0 };
  inTwo((from, to) => kernels.winogradFilters(transform, from, to), units, cut);
  const args = {
    ...{ x: x.at, u: u.at, y: y.at, bias: bias ? biases.at : 0, channels, filters, h, w, oh, ow, padH, padW },
    ...{ ...tiles, plane, beta, act: relu ? 1 : 0 },
  };
  inTwo((from, to) => kernels.winogradOutput(args, from, to), n * tiles.down, cut);
  const result = y.read();
  for (const block of [x, weight, y, biases, u]) {
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
      fc.property(shapes, extras, fc.double({ min: 0, max: 1, noNaN: true }), (shape, more, cut) => {
        const call = { ...shape, ...more };
        const found = winograd(call, turned);
        expect(
          worst(
            found,
            withBuild("js", () => direct(call, turned)),
          ),
        ).toBeLessThanOrEqual(1e-5);
        expect(winograd(call, turned, cut)).toEqual(found);
      }),
      { numRuns: build === "js" ? 6 : 25, seed: 1 },
    );
  });

  // The widest one with so many channels: see src/ops/winograd.ts.
  test.skipIf(build === "js")("a row of tiles that fills scratch", () => {
    const call = {
      n: 1,
      channels: 500,
      filters: 8,
      h: 5,
      w: 184,
      oh: 5,
      ow: 184,
      padH: 1,
      padW: 1,
      relu: false,
      bias: true,
      beta: 0,
    } as const;
    const exact = withBuild("js", () => direct(call, false));
    expect(worst(winograd(call, false), exact)).toBeLessThanOrEqual(2e-5);
  });

  test("NaN spreads to the tiles that read it, in one sample, and to all of their outputs at most", () => {
    const shape = {
      n: 2,
      channels: 3,
      filters: 5,
      h: 12,
      w: 12,
      oh: 12,
      ow: 12,
      padH: 1,
      padW: 1,
      relu: true,
      bias: true,
      beta: 0,
    } as const;
    // Element (5, 5) is read by the tile of the outputs from (4, 4) on only, as those around it read rows and columns up to 4 and from 7.
    const x = operands(shape)[0];
    x[144 * 2 + 12 * 5 + 5] = Number.NaN;
    const found = winograd(shape, false, 0, x);
    for (let i = 0; i < found.length; i++) {
      const [plane, row, column] = [Math.floor(i / 144), Math.floor((i % 144) / 12), i % 12];
      const isTile = plane < 5 && row >= 4 && row < 8 && column >= 4 && column < 8;
      if (!isTile) expect(found[i]).not.toBeNaN();
      if (isTile && row < 7 && column < 7) expect(found[i]).toBeNaN();
    }
  });
});
