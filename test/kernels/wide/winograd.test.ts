import fc from "fast-check";
import { describe, it } from "vitest";
import {
  winogradFiltersKernel,
  winogradOutputKernel,
  winogradWeightKernel,
  winogradWeightSumsKernel,
} from "../../../src/kernels/generated.js";
import { winogradParts, winogradTiles, winogradWords } from "../../../src/kernels/winograd.js";
import { anyFloats, canBeWide, compiled, expectSameWide } from "../../support/wide.js";
import { shapes } from "../../support/winograd.js";

const extras = fc.record({ act: fc.nat(1), bias: fc.boolean(), beta: fc.constantFrom(0, 0.5), seed: fc.nat(), turned: fc.nat(1) });

describe.skipIf(!canBeWide).each(compiled)("winograd, %s", (build) => {
  it("has the same bits narrow and wide", () => {
    fc.assert(
      fc.property(shapes, extras, ({ n, channels, filters, h, w, oh, ow, padH, padW }, { act, bias, beta, seed, turned }) => {
        const { plane, words, units } = winogradWords(channels, filters);
        const numbers = (size: number, which: number) => anyFloats(size, seed + which);
        expectSameWide(
          build,
          winogradFiltersKernel,
          (place) => ({ weight: place(numbers(9 * filters * channels, 0)), u: place(numbers(words, 1)), filters, channels, plane, turned }),
          0,
          units,
        );
        const tiles = winogradTiles(oh, ow);
        expectSameWide(
          build,
          winogradOutputKernel,
          (place) => ({
            ...{ x: place(numbers(n * channels * h * w, 2)), u: place(numbers(words, 3)), y: place(numbers(n * filters * oh * ow, 4)) },
            ...{ bias: bias ? place(numbers(filters, 5)) : 0, channels, filters, h, w, oh, ow, padH, padW, ...tiles, plane, beta, act },
          }),
          0,
          n * tiles.down,
        );
        const rows = n * tiles.down;
        const { step, units: blocks } = winogradParts(rows, tiles.across, channels, filters);
        const [partRows, count] = [Math.ceil(rows / 2), rows === 1 ? 1 : 2];
        const size = count * 9 * filters * step;
        expectSameWide(
          build,
          winogradWeightKernel,
          (place) => ({
            ...{ x: place(numbers(n * channels * h * w, 6)), y: place(numbers(n * filters * oh * ow, 7)), parts: place(numbers(size, 8)) },
            ...{ channels, filters, step, h, w, oh, ow, padH, padW, ...tiles, rows, partRows },
          }),
          0,
          count * blocks,
        );
        expectSameWide(
          build,
          winogradWeightSumsKernel,
          (place) => ({
            ...{ parts: place(numbers(size, 9)), weight: place(numbers(9 * filters * channels, 10)) },
            ...{ channels, filters, step, count, beta },
          }),
          0,
          filters,
        );
      }),
      { numRuns: 40, seed: 1 },
    );
  });
});
