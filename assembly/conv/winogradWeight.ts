/**
 * The gradient of the filters of a convolution by Winograd's tiles: all of winograd.ts transposed. Products go over tiles:
 *
 *     winogradWeight        for a part of the tiles, a block of filters and one of channels:
 *                             for some rows of tiles:  V = Bᵀ · x · B,  W = A · dy · Aᵀ,  S += Wᵀ · V, 36 products of matrices
 *                             the part of the gradient is Gᵀ · S · G
 *     winogradWeightSums    the gradient, the sum of the parts
 *
 * How tiles are cut into parts, and parts into rows, follows from the record, so that the sums have one order.
 *
 * Errors of the results for normal numbers, against float64, in parts of their root mean square. They do not grow with the outputs,
 * whose sums are taken in blocks:
 *
 *     outputs of all samples       256       2048      8192      32768
 *     root mean square             4.8e-7    7.1e-7    6.2e-7    6.7e-7
 *     that of sums one by one      2.8e-7    7.9e-7    1.5e-6    3.4e-6
 *     largest                      1.6e-6    2.6e-6    2.6e-6    2.3e-6
 *     that of sums one by one      1.7e-6    2.3e-6    6.0e-6    1.4e-5
 *
 * A NaN or an infinity of x or dy spreads to all taps of its channel or filter.
 */
import { BLOCK_AT } from "../blocks";
import { Keeps, Tile, ZEROS } from "../micro";
import { storePair } from "../pairs";
import { madd } from "../simd";
import { nextRows, sweep } from "../sweep";
import { scratch } from "../threads";
import { gradientBytes, transformGradient } from "./winogradGradient";
import { inputBytes, transformInput } from "./winogradInput";
import { N, PRODUCTS, number, oddLines } from "./winogradTile";

/** Filters and channels of a block: their sums of products stay in L2. @host */
const WEIGHT_BLOCK: u32 = 64;
/** Channels of a strip, which are multiplied together. */
const STRIP: u32 = 16;
/** The most tiles that are transformed together, unless a single row has more. */
const TILES: u32 = 64;

@unmanaged
export class WinogradWeightArgs {
  x: usize; // [n, channels, h, w]
  y: usize; // [n, filters, oh, ow], the gradient of the output
  parts: usize; // [count, 3 · 3, filters, step]; behind the last channel of no meaning
  channels: u32;
  filters: u32;
  step: u32; // elements from filter to filter of a part: the channels, rounded up to eights
  h: u32; // extents of the input
  w: u32;
  oh: u32; // extents of the output
  ow: u32;
  padH: u32; // zeros before the input, up to 2
  padW: u32;
  down: u32; // tiles in a column, ⌈oh / TILE⌉
  across: u32; // tiles in a row, ⌈ow / TILE⌉
  rows: u32; // rows of tiles of all samples, n · down
  partRows: u32; // rows of tiles of a part; the last one may have fewer
}

@unmanaged
export class WinogradWeightSumsArgs {
  parts: usize; // [count, 3 · 3, filters, step]
  weight: usize; // [filters, channels, 3, 3]
  channels: u32;
  filters: u32;
  step: u32; // elements from filter to filter of a part
  count: u32; // parts
  beta: f32; // factor of what weight holds; 0 = it is written only
}

/**
 * Range: parts, for each of them blocks of filters, for each of them blocks of channels.
 * @cost partRows * across * (0.7 * (filters < 64 ? filters : 64) * (channels < 64 ? channels : 64) + 500)
 * @flops partRows * across * 288 * (filters < 64 ? filters : 64) * (channels < 64 ? channels : 64)
 * @bytes 64 * partRows * across * ((filters < 64 ? filters : 64) + (channels < 64 ? channels : 64))
 */
export function winogradWeight(r: WinogradWeightArgs, from: u32, to: u32): void {
  const across = r.across, channelBlocks = (r.channels + WEIGHT_BLOCK - 1) / WEIGHT_BLOCK;
  const blocks = (r.filters + WEIGHT_BLOCK - 1) / WEIGHT_BLOCK * channelBlocks;
  const vTile = oddLines(<usize>min(WEIGHT_BLOCK, r.channels) << 2), wTile = oddLines(<usize>min(WEIGHT_BLOCK, r.filters) << 2);
  const rows = min(r.partRows, max(1, TILES / across));
  const vPlane = oddLines(rows * across * vTile), wPlane = oddLines(rows * across * wTile);
  const sPlane = oddLines(min(WEIGHT_BLOCK, r.filters) * vTile);
  const space = scratch() + BLOCK_AT, v = space + max(inputBytes(across), gradientBytes(across));
  const w = v + PRODUCTS * vPlane, s = w + PRODUCTS * wPlane;
  for (let unit = from; unit < to; unit++) {
    const part = unit / blocks, block = unit - part * blocks, filterBlock = block / channelBlocks;
    const f = filterBlock * WEIGHT_BLOCK, filterEnd = min(f + WEIGHT_BLOCK, r.filters);
    const c = (block - filterBlock * channelBlocks) * WEIGHT_BLOCK, channelEnd = min(c + WEIGHT_BLOCK, r.channels);
    const begin = part * r.partRows, end = min(begin + r.partRows, r.rows);
    for (let first = begin, some: u32 = 0; first < end; first += some) {
      some = min(rows, end - first);
      transformInput<WinogradWeightArgs>(r, first, some, c, channelEnd, v, vPlane, vTile, space);
      transformGradient<WinogradWeightArgs>(r, first, some, f, filterEnd, w, wPlane, wTile, space);
      for (let p: u32 = 0; p < PRODUCTS; p++) {
        multiply(some * across, filterEnd - f, channelEnd - c, w + p * wPlane, wTile, v + p * vPlane, vTile, s + p * sPlane, first == begin);
      }
    }
    const out = r.parts + ((<usize>part * 9 * r.filters + f) * r.step + c << 2);
    for (let i: u32 = 0; i < filterEnd - f; i++) {
      for (let j: u32 = 0; j < channelEnd - c; j += 8) {
        transformSums(s + i * vTile + (j << 2), sPlane, space, out + (<usize>i * r.step + j << 2), <usize>r.filters * r.step << 2);
      }
    }
  }
}

/** One of the 36 products: s[filters, channels] += wᵀ · v, with w[tiles, filters] and v[tiles, channels]. */
function multiply(tiles: u32, filters: u32, channels: u32, w: usize, wTile: usize, v: usize, vTile: usize, s: usize, isFirst: bool): void {
  const t = changetype<Tile>(scratch());
  t.ldc = vTile;
  t.bias = ZEROS;
  t.beta = 1;
  t.floor = -Infinity;
  t.keeps = isFirst ? Keeps.Plain : Keeps.Some;
  for (let c: u32 = 0; c < channels; c += STRIP) {
    for (let f: u32 = 0, height: u32 = 0; f < filters; f += height) {
      t.rows = height = nextRows(filters - f);
      t.c = s + f * vTile + (c << 2);
      sweep(t, w + (f << 2), 4, wTile, v + (c << 2), vTile, tiles, STRIP);
    }
  }
}

/** Transforms the sums of a filter and eight channels, whose products are `plane` bytes apart, to nine taps, `apart` bytes apart. */
function transformSums(x: usize, plane: usize, columns: usize, to: usize, apart: usize): void {
  for (let at = columns; at < columns + 192; at += 32, x += plane) putTaps(x, 6 * plane, at, 192);
  for (let at = columns; at < columns + 576; at += 192, to += 3 * apart) putTaps(at, 32, to, apart);
}

/** Gᵀ: six pairs, `step` bytes apart, to three, `apart` bytes apart. */
@inline
function putTaps(x: usize, step: usize, to: usize, apart: usize): void {
  const at1 = x + step, at2 = at1 + step, at3 = at2 + step, at4 = at3 + step, at5 = at4 + step;
  const x0 = v128.load(x), x1 = v128.load(at1), x2 = v128.load(at2), x3 = v128.load(at3), x4 = v128.load(at4), x5 = v128.load(at5);
  const y0 = v128.load(x, 16), y1 = v128.load(at1, 16), y2 = v128.load(at2, 16);
  const y3 = v128.load(at3, 16), y4 = v128.load(at4, 16), y5 = v128.load(at5, 16);
  const inverse = number(N.Inverse), p = number(N.P), q = number(N.Q);
  const ap = number(N.AP), bq = number(N.BQ), a2p = number(N.A2P), b2q = number(N.B2Q);
  const xSumA = f32x4.add(x1, x2), xSumB = f32x4.add(x3, x4), ySumA = f32x4.add(y1, y2), ySumB = f32x4.add(y3, y4);
  const xLessA = f32x4.sub(x1, x2), xLessB = f32x4.sub(x3, x4), yLessA = f32x4.sub(y1, y2), yLessB = f32x4.sub(y3, y4);
  storePair(to, madd(q, xSumB, madd(p, xSumA, f32x4.mul(inverse, x0))), madd(q, ySumB, madd(p, ySumA, f32x4.mul(inverse, y0))));
  storePair(to + apart, madd(ap, xLessA, f32x4.mul(bq, xLessB)), madd(ap, yLessA, f32x4.mul(bq, yLessB)));
  storePair(to + 2 * apart, madd(a2p, xSumA, madd(b2q, xSumB, x5)), madd(a2p, ySumA, madd(b2q, ySumB, y5)));
}

/**
 * weight = Σ parts + beta · weight. Range: filters.
 * @cost channels * (2 * count + 10) @flops 9 * channels * count @bytes 36 * channels * (count + 1)
 */
export function winogradWeightSums(r: WinogradWeightSumsArgs, from: u32, to: u32): void {
  const sums = scratch(), tap = <usize>r.filters * r.step << 2, part = 9 * tap;
  for (let f = from; f < to; f++) {
    for (let c: u32 = 0; c < r.channels; c += 8) {
      let at = r.parts + (<usize>f * r.step + c << 2);
      for (let k: usize = 0; k < 9; k++, at += tap) {
        let x0 = f32x4.splat(0), x1 = f32x4.splat(0);
        for (let p = at, end = at + r.count * part; p < end; p += part) {
          x0 = f32x4.add(x0, v128.load(p));
          x1 = f32x4.add(x1, v128.load(p, 16));
        }
        storePair(sums + (k << 5), x0, x1);
      }
      let weight = r.weight + 36 * (<usize>f * r.channels + c);
      for (let lane: u32 = 0, some = min(8, r.channels - c); lane < some; lane++) {
        for (let k: usize = 0; k < 9; k++, weight += 4) {
          const sum = load<f32>(sums + (k << 5) + (lane << 2));
          store<f32>(weight, r.beta != 0 ? sum + r.beta * load<f32>(weight) : sum);
        }
      }
    }
  }
}
