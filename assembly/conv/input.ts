/**
 * The gradient of the input of a convolution: products of the transposed weight with positions of y, a few rows (channels and taps) and
 * a block of positions at a time, are added to the planes of x, where the windows lie.
 */
import { BLOCK_AT } from "../blocks";
import { Activation } from "../epilogue";
import { Rows } from "../lines";
import { Keeps, Tile, ZEROS } from "../micro";
import { packB, packStrip } from "../pack";
import { storePair } from "../pairs";
import { madd } from "../simd";
import { nextRows, stripColumns, sweep } from "../sweep";
import { scratch } from "../threads";
import { Convolution } from "./conv";
import { IMAGE_AT, POSITIONS, SUMS_AT } from "./places";

/** The most filters of a block: 32 columns of y fit into the block of B. */
const FILTERS_AT_ONCE: u32 = 4096;
const PRODUCTS_STEP: usize = 4 * POSITIONS + 64;

/** A block of positions of y: whole lines, or a part of one. */
@unmanaged
class Lines {
  a: u32; // coordinates of its first position
  b: u32;
  c: u32;
  height: u32; // lines
  width: u32; // positions of each
}

export function scatterInput(r: Convolution, first: u32, end: u32): void {
  const taps = r.kd * r.kh * r.kw, size = <usize>(r.d * r.h * r.w) << 2, outSize = r.od * r.oh * r.ow, lda = <usize>(r.channels * taps) << 2;
  const filters = min(r.filters, FILTERS_AT_ONCE), most = min(POSITIONS, (1 << 18) / filters);
  const lines = changetype<Lines>(scratch() + SUMS_AT), t = changetype<Tile>(scratch()), block = scratch() + BLOCK_AT;
  while (first < end) {
    const plane = first / r.channels, group = plane % r.groups, c = first - plane * r.channels, planes = min(end - first, r.channels - c);
    const x = r.x + size * first;
    begin(r, x, group * r.channels + c, planes);
    for (let f: u32 = 0; f < r.filters; f += filters) {
      const some = min(filters, r.filters - f), y = r.y + (<usize>(plane * r.filters + f) * outSize << 2);
      const weight = r.weight + lda * (group * r.filters + f) + (<usize>(c * taps) << 2);
      for (let p: u32 = 0, count: u32 = 0; p < outSize; p += count) {
        count = openLines(r, lines, p, most);
        packB<Rows>(y + (<usize>p << 2), <usize>outSize << 2, false, some, count, stripColumns(), block);
        for (let row: u32 = 0, height: u32 = 0; row < planes * taps; row += height) {
          height = nextRows(planes * taps - row);
          multiply(t, weight + (<usize>row << 2), lda, block, some, height, count);
          for (let i: u32 = 0; i < height; i++) {
            const channel = (row + i) / taps;
            scatter(r, lines, scratch() + PRODUCTS_AT + PRODUCTS_STEP * i, x + size * channel, row + i - channel * taps);
          }
        }
      }
    }
    if (r.act == Activation.Relu) rectify(x, size * planes);
    first += planes;
  }
}

const PRODUCTS_AT: usize = SUMS_AT + 64;

/** The block of positions from p on. @returns how many it has */
function openLines(r: Convolution, l: Lines, p: u32, most: u32): u32 {
  const line = p / r.ow;
  l.c = p - line * r.ow;
  l.a = line / r.oh;
  l.b = line - l.a * r.oh;
  l.width = min(r.ow - l.c, most);
  l.height = l.width < r.ow ? 1 : min(r.oh - l.b, most / r.ow);
  return l.width * l.height;
}

/** Some rows of Wᵀ · y. */
function multiply(t: Tile, weight: usize, lda: usize, b: usize, k: u32, rows: u32, cols: u32): void {
  let a = weight, step = lda;
  // Rows of weights that lie multiples of 4 KiB apart compete for the same few lines of L1.
  if (!(lda & 4095)) a = scratch() + IMAGE_AT, step = 32, packStrip<Rows>(weight, lda, k, 8, a);
  t.rows = rows;
  t.c = scratch() + PRODUCTS_AT;
  t.ldc = PRODUCTS_STEP;
  t.bias = ZEROS;
  t.keeps = Keeps.Plain;
  t.floor = -Infinity;
  sweep(t, a, 4, step, b, 0, k, cols);
}

/** Adds the products of one channel and tap with a block of positions to the plane of the channel. */
function scatter(r: Convolution, l: Lines, products: usize, plane: usize, tap: u32): void {
  const p = tap / (r.kh * r.kw), q = tap / r.kw % r.kh, s = tap % r.kw * r.dilationW;
  const i = l.a * r.strideD + p * r.dilationD - r.padD;
  // Before the input, a coordinate wraps around to a large one.
  if (i >= r.d || s >= r.padW + r.w) return;
  // The columns of y whose element of x exists.
  const first = max(l.c, s < r.padW ? (r.padW - s + r.strideW - 1) / r.strideW : 0);
  const end = min(l.c + l.width, (r.padW + r.w - 1 - s) / r.strideW + 1);
  if (first >= end) return;
  const x = plane + (<usize>(i * r.h * r.w + first * r.strideW + s - r.padW) << 2);
  let from = products + (first - l.c << 2);
  for (let b = l.b; b < l.b + l.height; b++, from += l.width << 2) {
    const j = b * r.strideH + q * r.dilationH - r.padH;
    if (j < r.h) add(x + (<usize>(j * r.w) << 2), r.strideW, from, end - first);
  }
}

/** Adds n elements to every `stride`th element. */
@inline
function add(to: usize, stride: u32, from: usize, n: u32): void {
  const end = from + (n << 2);
  if (stride == 1) {
    for (const eights = from + (n & ~7) * 4; from < eights; from += 32, to += 32) {
      storePair(to, f32x4.add(v128.load(to), v128.load(from)), f32x4.add(v128.load(to, 16), v128.load(from, 16)));
    }
    if (n & 4) {
      v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
      from += 16, to += 16;
    }
  }
  for (const step = stride << 2; from < end; from += 4, to += step) store<f32>(to, load<f32>(to) + load<f32>(from));
}

/** Begins planes of x: beta · x + bias. */
function begin(r: Convolution, x: usize, channel: u32, planes: u32): void {
  const size = r.d * r.h * r.w, betas = f32x4.splat(r.beta);
  for (; planes; planes--, channel++) {
    const bias = r.bias ? v128.load32_splat(r.bias + (<usize>channel << 2)) : f32x4.splat(0), end = x + (<usize>size << 2);
    for (const whole = x + (<usize>(size & ~7) << 2); x < whole; x += 32) {
      let x0 = bias, x1 = bias;
      if (r.beta != 0) x0 = madd(betas, v128.load(x), bias), x1 = madd(betas, v128.load(x, 16), bias);
      storePair(x, x0, x1);
    }
    for (; x < end; x += 4) v128.store32_lane(x, r.beta != 0 ? madd(betas, v128.load32_splat(x), bias) : bias, 0);
  }
}

function rectify(x: usize, bytes: usize): void {
  const zero = f32x4.splat(0), end = x + bytes;
  for (const whole = x + (bytes & ~31); x < whole; x += 32) storePair(x, f32x4.pmax(v128.load(x), zero), f32x4.pmax(v128.load(x, 16), zero));
  for (; x < end; x += 4) v128.store32_lane(x, f32x4.pmax(v128.load32_splat(x), zero), 0);
}
