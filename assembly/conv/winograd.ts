/**
 * Convolution of planes with filters of 3 × 3 taps, stride 1, by Winograd's F(4×4, 3×3): the four by four outputs of a tile follow from
 * 36 products for each channel, where direct sums take 144 (Lavin and Gray, arXiv 1509.09308). winogradTile.ts has the transforms.
 *
 *     winogradFilters     U = G · g · Gᵀ of all filters, once for a call
 *     winogradOutput      for some rows of tiles, which stay in L2:
 *                           V = Bᵀ · d · B of the input: for each of the 36 products a matrix [tiles, channels]
 *                           M = V · U, 36 products of matrices, by the tiles of GEMM
 *                           y = Aᵀ · M · A
 *
 * The gradient of the input is a convolution, too: of y, with filters turned round and padding 2 − p.
 *
 * Errors of the results for normal numbers, against float64, in parts of their root mean square:
 *
 *     channels                     4         16        64        256       512
 *     root mean square             3.9e-7    5.4e-7    8.3e-7    1.5e-6    2.1e-6
 *     that of sums one by one      1.1e-7    2.1e-7    4.2e-7    8.3e-7    1.2e-6
 *     largest                      2.5e-6    3.9e-6    5.5e-6    8.0e-6    1.2e-5
 *     that of sums one by one      7.6e-7    1.3e-6    3.2e-6    5.3e-6    7.8e-6
 *
 * A NaN or an infinity spreads to all outputs of a tile whose input has it.
 */
import { BLOCK_AT } from "../blocks";
import { Keeps, Tile, ZEROS } from "../micro";
import { nextRows, sweep } from "../sweep";
import { scratch } from "../threads";
import { inputBytes, transformInput } from "./winogradInput";
import { outputBytes, transformOutput } from "./winogradOutput";
import { PRODUCTS, oddLines, putFilters } from "./winogradTile";

/** Filters of a strip of transformed filters. @host */
const FILTER_STRIP: u32 = 16;
/** Bytes of the transformed input and the products of the tiles that are computed together, unless a single row of tiles has more. */
const TOGETHER: usize = 640 << 10;

/** The range of `winogradOutput` counts rows of tiles, n · down. */
@unmanaged
export class WinogradArgs {
  x: usize; // [n, channels, h, w]
  u: usize; // transformed filters, from `winogradFilters`
  y: usize; // [n, filters, oh, ow]
  bias: usize; // [filters]; 0 = none
  channels: u32;
  filters: u32;
  h: u32; // extents of the input
  w: u32;
  oh: u32; // extents of the output
  ow: u32;
  padH: u32; // zeros before the input, up to 2
  padW: u32;
  down: u32; // tiles in a column, ⌈oh / TILE⌉
  across: u32; // tiles in a row, ⌈ow / TILE⌉
  plane: u32; // elements from product to product of u
  beta: f32; // factor of what y holds; 0 = it is written only
  act: u32; // applied last: see Activation
}

@unmanaged
export class WinogradFiltersArgs {
  weight: usize; // [filters, channels, 3, 3]; turned: [channels, filters, 3, 3]
  u: usize; // [36] planes of [strips, channels, FILTER_STRIP]
  filters: u32;
  channels: u32;
  plane: u32; // elements from product to product of u
  turned: u32; // 1 = filters and channels change places, and each filter is turned by half a turn
}

/** u. Range: pairs of a strip and a channel, ⌈filters / FILTER_STRIP⌉ · channels. @cost 250 @flops 16 * 220 @bytes 4 * 16 * 45 */
export function winogradFilters(r: WinogradFiltersArgs, from: u32, to: u32): void {
  const plane = <usize>r.plane << 2, taps = scratch(), columns = taps + 9 * 64;
  const nextFilter: usize = r.turned ? 36 : 36 * r.channels, nextChannel: usize = r.turned ? 36 * r.filters : 36;
  for (let i = from; i < to; i++) {
    const strip = i / r.channels, channel = i - strip * r.channels, some = min(FILTER_STRIP, r.filters - strip * FILTER_STRIP);
    let weight = r.weight + strip * FILTER_STRIP * nextFilter + channel * nextChannel;
    memory.fill(taps, 0, 9 * 64);
    for (let f: u32 = 0; f < some; f++, weight += nextFilter) {
      for (let k: u32 = 0; k < 9; k++) store<f32>(taps + (k << 6) + (f << 2), load<f32>(weight + ((r.turned ? 8 - k : k) << 2)));
    }
    for (let half: usize = 0; half < 64; half += 32) {
      filterColumns(taps + half, columns);
      filterRows(columns, r.u + (<usize>i << 6) + half, plane);
    }
  }
}

/** Three columns of three taps, 64 bytes apart, to three columns of six: 32 bytes apart, the rows 96. */
function filterColumns(x: usize, to: usize): void {
  for (const end = to + 96; to < end; to += 32, x += 64) {
    putFilters(
      to, 96, v128.load(x), v128.load(x, 192), v128.load(x, 384), v128.load(x, 16), v128.load(x, 208), v128.load(x, 400),
    );
  }
}

function filterRows(x: usize, to: usize, plane: usize): void {
  for (const end = x + 6 * 96; x < end; x += 96, to += 6 * plane) {
    putFilters(
      to, plane, v128.load(x), v128.load(x, 32), v128.load(x, 64), v128.load(x, 16), v128.load(x, 48), v128.load(x, 80),
    );
  }
}

/**
 * y = act(convolution + beta · y + bias). Range: rows of tiles.
 * @cost across * (0.7 * channels * filters + 4 * (channels + filters))
 * @flops across * 288 * channels * filters
 * @bytes 64 * across * (channels + filters)
 */
export function winogradOutput(r: WinogradArgs, from: u32, to: u32): void {
  const vTile = oddLines(<usize>r.channels << 2), mTile = oddLines((r.filters + 15 & ~15) << 2);
  const rows = max(1, min(to - from, <u32>(TOGETHER / (PRODUCTS * r.across * (vTile + mTile)))));
  const vPlane = oddLines(rows * r.across * vTile), mPlane = oddLines(rows * r.across * mTile);
  const buffer = scratch() + BLOCK_AT, v = buffer + inputBytes(r.across) + outputBytes(r.across), m = v + PRODUCTS * vPlane;
  for (let first = from, some: u32 = 0; first < to; first += some) {
    some = min(rows, to - first);
    transformInput<WinogradArgs>(r, first, some, 0, r.channels, v, vPlane, vTile, buffer);
    for (let p: u32 = 0; p < PRODUCTS; p++) {
      multiply(r, some * r.across, v + p * vPlane, vTile, r.u + (<usize>p * r.plane << 2), m + p * mPlane, mTile);
    }
    transformOutput<WinogradArgs>(r, first, some, m, mPlane, mTile, buffer + inputBytes(r.across));
  }
}

/** One of the 36 products: m[tiles, filters] = v[tiles, channels] · u[channels, filters], whose filters go in strips. */
function multiply(r: WinogradArgs, tiles: u32, v: usize, vTile: usize, u: usize, m: usize, mTile: usize): void {
  const t = changetype<Tile>(scratch()), k = r.channels, filters = r.filters;
  t.ldc = mTile;
  t.bias = ZEROS;
  t.keeps = Keeps.Plain;
  for (let f: u32 = 0; f < filters; f += FILTER_STRIP) {
    for (let i: u32 = 0, height: u32 = 0; i < tiles; i += height) {
      t.rows = height = nextRows(tiles - i);
      t.c = m + i * mTile + (f << 2);
      sweep(t, v + i * vTile, vTile, 4, u, 64, k, FILTER_STRIP);
    }
    u += k << 6;
  }
}
