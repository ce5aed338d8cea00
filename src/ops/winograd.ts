import { SCRATCH_BYTES } from "../kernels/generated/constants.js";
import type { ConvArgs } from "../kernels/generated.js";
import * as kernels from "../kernels/generated.js";
import { winogradParts, winogradTiles, winogradWords } from "../kernels/winograd.js";
import { withTemporaries } from "../memory/temporaries.js";
import type { DType } from "../memory/views.js";

/** The products of a convolution that go by Winograd's tiles, and when they do. */

/**
 * Whether tiles are faster for the products of a convolution. It depends on shapes only, since both ways differ in rounding. The numbers
 * are nanoseconds measured on a core with 110 GFLOP/s: of a tile, for each pair of a channel and a filter, and for each channel and each
 * filter alone; of the transform of a pair's taps; of direct sums, for each output of a pair.
 */
export function suitsWinograd(r: ConvArgs, dtype: DType): boolean {
  if (dtype !== "float32" || r.groups !== 1 || r.channels < 8 || r.filters < 8) return false;
  if (r.d !== 1 || r.od !== 1 || r.kd !== 1 || r.kh !== 3 || r.kw !== 3) return false;
  if (r.strideH !== 1 || r.strideW !== 1 || r.dilationH !== 1 || r.dilationW !== 1) return false;
  if (!isPadding(r.padH) || !isPadding(r.oh + 2 - r.padH - r.h) || !isPadding(r.padW) || !isPadding(r.ow + 2 - r.padW - r.w)) return false;
  const pairs = r.channels * r.filters;
  const { down, across } = winogradTiles(Math.max(r.oh, r.h), Math.max(r.ow, r.w));
  if (across * 144 * (r.channels + r.filters + 96) > SCRATCH_BYTES - (1 << 17)) return false; // a row of tiles must fit
  return r.n * down * across * (0.7 * pairs + 5 * (r.channels + r.filters)) + 30 * pairs < 0.17 * pairs * r.n * r.oh * r.ow;
}

/** A convolution's output by tiles. */
export function runWinogradOutput(r: ConvArgs): void {
  run(r, r.x, r.y, { channels: r.channels, filters: r.filters, h: r.h, w: r.w, oh: r.oh, ow: r.ow, padH: r.padH, padW: r.padW }, 0);
}

/** The gradient of a convolution's input by tiles: the convolution of y with filters turned round. */
export function runWinogradInput(r: ConvArgs): void {
  const padding = { padH: 2 - r.padH, padW: 2 - r.padW };
  run(r, r.y, r.x, { channels: r.filters, filters: r.channels, h: r.oh, w: r.ow, oh: r.h, ow: r.w, ...padding }, 1);
}

/** The gradient of a convolution's weight by tiles. */
export function runWinogradWeight({ x, y, weight, n, channels, filters, h, w, oh, ow, padH, padW, beta }: ConvArgs): void {
  const tiles = winogradTiles(oh, ow);
  const rows = n * tiles.down;
  const { partRows, count, step, words, units } = winogradParts(rows, tiles.across, channels, filters);
  const sizes = { channels, filters, step, h, w, oh, ow, padH, padW };
  withTemporaries((take) => {
    const parts = take(4 * words);
    kernels.winogradWeight({ x, y, parts, ...sizes, ...tiles, rows, partRows }, 0, units);
    kernels.winogradWeightSums({ parts, weight, channels, filters, step, count, beta }, 0, filters);
  });
}

type Sizes = Pick<ConvArgs, "channels" | "filters" | "h" | "w" | "oh" | "ow" | "padH" | "padW">;

function run({ weight, bias, n, beta, act }: ConvArgs, x: number, y: number, sizes: Sizes, turned: 0 | 1): void {
  const { channels, filters } = sizes;
  const tiles = winogradTiles(sizes.oh, sizes.ow);
  const { plane, words, units } = winogradWords(channels, filters);
  withTemporaries((take) => {
    const u = take(4 * words);
    kernels.winogradFilters({ weight, u, filters, channels, plane, turned }, 0, units);
    kernels.winogradOutput({ x, u, y, bias, ...sizes, ...tiles, plane, beta, act }, 0, n * tiles.down);
  });
}

function isPadding(zeros: number): boolean {
  return zeros >= 0 && zeros <= 2;
}
