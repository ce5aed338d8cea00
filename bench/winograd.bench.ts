import * as kernels from "../src/kernels/generated.js";
import { winogradParts, winogradTiles, winogradWords } from "../src/kernels/winograd.js";
import { floats } from "./data.js";
import type { Row } from "./harness.js";

/** A convolution with 3 × 3 taps and padding 1: samples, channels, filters, rows and columns. Operations are those of direct sums. */
const SHAPES = [
  [32, 32, 32, 32],
  [32, 32, 64, 16],
  [32, 64, 64, 16],
  [32, 16, 16, 32],
  [32, 64, 64, 8],
  [1, 64, 64, 56],
  [1, 512, 512, 14],
];

function output([n, channels, filters, extent]: number[]): Row {
  return {
    group: "conv 3×3",
    name: `winograd ${n}×${channels}×${extent}² → ${filters}`,
    flops: 18 * n * channels * filters * extent * extent,
    setup: () => {
      const tiles = winogradTiles(extent, extent);
      const { plane, words, units } = winogradWords(channels, filters);
      const [weight, u] = [floats(9 * channels * filters), floats(words)];
      const [x, y] = [floats(n * channels * extent * extent), floats(n * filters * extent * extent)];
      const sizes = { channels, filters, h: extent, w: extent, oh: extent, ow: extent, padH: 1, padW: 1 };
      const args = { x, u, y, bias: 0, ...sizes, ...tiles, plane, beta: 0, act: 0 };
      return () => {
        kernels.winogradFilters({ weight, u, filters, channels, plane, turned: 0 }, 0, units);
        kernels.winogradOutput(args, 0, n * tiles.down);
      };
    },
  };
}

/** The gradient of the filters of such a convolution. */
function weight([n, channels, filters, extent]: number[]): Row {
  return {
    group: "conv 3×3",
    name: `winograd ${n}×${channels}×${extent}² → ${filters}, weight`,
    flops: 18 * n * channels * filters * extent * extent,
    setup: () => {
      const tiles = winogradTiles(extent, extent);
      const rows = n * tiles.down;
      const { partRows, count, step, words, units } = winogradParts(rows, tiles.across, channels, filters);
      const [x, y] = [floats(n * channels * extent * extent), floats(n * filters * extent * extent)];
      const [gradient, parts] = [floats(9 * channels * filters), floats(words)];
      const sizes = { channels, filters, step, h: extent, w: extent, oh: extent, ow: extent, padH: 1, padW: 1 };
      const args = { x, y, parts, ...sizes, ...tiles, rows, partRows };
      return () => {
        kernels.winogradWeight(args, 0, units);
        kernels.winogradWeightSums({ parts, weight: gradient, channels, filters, step, count, beta: 0 }, 0, filters);
      };
    },
  };
}

/** The transform of filters alone, which every call of a convolution pays once. */
function filters([, channels, filters]: number[]): Row {
  return {
    group: "conv 3×3",
    name: `winograd filters ${channels} → ${filters}`,
    bytes: 4 * 45 * channels * filters,
    setup: () => {
      const { plane, words, units } = winogradWords(channels, filters);
      const args = { weight: floats(9 * channels * filters), u: floats(words), filters, channels, plane, turned: 0 };
      return () => kernels.winogradFilters(args, 0, units);
    },
  };
}

export const rows: Row[] = [...SHAPES.map(output), ...SHAPES.map(weight), filters(SHAPES[0]), filters(SHAPES[2]), filters(SHAPES[6])];
