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
/** Rows of products that are computed before they are added. They make five tall tiles, and stay in the cache. */
const ROWS: u32 = 30;
/** The most products of a row. */
const PRODUCTS: u32 = 1 << 18;
/** The farthest that a window may reach along a line, for sums that are added tap after tap in registers. */
const REACH: u32 = 8192;

const PRODUCTS_AT: usize = SUMS_AT + 64;
const PANEL_AT: usize = IMAGE_AT + (1 << 20);
const MASKS_AT: usize = PANEL_AT + 32 * FILTERS_AT_ONCE + 64;

/** A block of positions of y, which is whole lines or a part of one, and the products with it. */
@unmanaged
class Lines {
  a: u32; // coordinates of its first position
  b: u32;
  c: u32;
  height: u32; // lines
  width: u32; // positions of each
  step: usize; // bytes from row to row of products, which are of one channel and tap each
}

export function scatterInput(r: Convolution, first: u32, end: u32): void {
  const taps = r.kd * r.kh * r.kw, size = <usize>(r.d * r.h * r.w) << 2, outSize = r.od * r.oh * r.ow, lda = <usize>(r.channels * taps) << 2;
  const filters = min(r.filters, FILTERS_AT_ONCE), most = min(min(POSITIONS, (1 << 18) / filters), max(1, PRODUCTS / r.kw));
  const l = changetype<Lines>(scratch() + SUMS_AT), t = changetype<Tile>(scratch()), block = scratch() + BLOCK_AT;
  const rows = max(1, ROWS / r.kw) * r.kw;
  while (first < end) {
    const plane = first / r.channels, group = plane % r.groups, c = first - plane * r.channels, planes = min(end - first, r.channels - c);
    const x = r.x + size * first, total = planes * taps;
    begin(r, x, group * r.channels + c, planes);
    for (let f: u32 = 0; f < r.filters; f += filters) {
      const some = min(filters, r.filters - f), y = r.y + (<usize>(plane * r.filters + f) * outSize << 2);
      const weight = r.weight + lda * (group * r.filters + f) + (<usize>(c * taps) << 2);
      for (let p: u32 = 0, count: u32 = 0; p < outSize; p += count) {
        count = openLines(r, l, p, most);
        // Products of what stands behind the block are not used; they spare an incomplete tile.
        const cols = count + 7 & ~7;
        packB<Rows>(y + (<usize>p << 2), <usize>outSize << 2, false, some, cols, stripColumns(), block);
        for (let row: u32 = 0; row < total; row += rows) {
          const height = min(rows, total - row);
          multiply(t, l, weight + (<usize>row << 2), lda, block, some, height, cols);
          addRows(r, l, x, row, height);
        }
      }
    }
    if (r.act == Activation.Relu) rectify(x, size * planes);
    first += planes;
  }
}

/** The block of positions from p on. @returns how many it has */
function openLines(r: Convolution, l: Lines, p: u32, most: u32): u32 {
  const line = p / r.ow;
  l.c = p - line * r.ow;
  l.a = line / r.oh;
  l.b = line - l.a * r.oh;
  l.width = min(r.ow - l.c, most);
  l.height = l.width < r.ow ? 1 : min(r.oh - l.b, most / r.ow);
  l.step = (<usize>(l.width * l.height) << 2) + 64;
  const reach = (r.kw - 1) * r.dilationW, masks = scratch() + MASKS_AT;
  if (r.strideW == 1 && reach < REACH) {
    memory.fill(masks, 0, 8 * reach + 4 * l.width + 64);
    memory.fill(masks + 4 * reach + 32, 255, l.width << 2);
  }
  return l.width * l.height;
}

/** Some rows of Wᵀ · y. */
function multiply(t: Tile, l: Lines, weight: usize, lda: usize, b: usize, k: u32, rows: u32, cols: u32): void {
  for (let i: u32 = 0, height: u32 = 0; i < rows; i += height) {
    let a = weight + (i << 2), step = lda;
    // Rows of weights that lie multiples of 4 KiB apart compete for the same few lines of L1.
    if (!(lda & 4095)) packStrip<Rows>(a, lda, k, 8, scratch() + PANEL_AT), a = scratch() + PANEL_AT, step = 32;
    t.rows = height = nextRows(rows - i);
    t.c = scratch() + PRODUCTS_AT + l.step * i;
    t.ldc = l.step;
    t.bias = ZEROS;
    t.keeps = Keeps.Plain;
    t.floor = -Infinity;
    sweep(t, a, 4, step, b, 0, k, cols);
  }
}

/** Adds rows of products, from row `first` on, to planes of x. They are of whole lines of taps. */
function addRows(r: Convolution, l: Lines, x: usize, first: u32, rows: u32): void {
  const plane = r.h * r.w, reach = (r.kw - 1) * r.dilationW;
  let products = scratch() + PRODUCTS_AT;
  for (let line = first / r.kw, end = line + rows / r.kw; line < end; line++, products += l.step * r.kw) {
    const q = line % r.kh, p = line / r.kh % r.kd, i = l.a * r.strideD + p * r.dilationD - r.padD;
    // Before the input, a coordinate wraps around to a large one.
    if (i >= r.d) continue;
    const to = x + (<usize>((line / (r.kh * r.kd) * r.d + i) * plane) << 2);
    let from = products;
    for (let b = l.b; b < l.b + l.height; b++, from += l.width << 2) {
      const j = b * r.strideH + q * r.dilationH - r.padH;
      if (j >= r.h) continue;
      if (r.strideW == 1 && reach < REACH) addTaps(r, l, to + (<usize>(j * r.w) << 2), from, reach);
      else for (let s: u32 = 0; s < r.kw; s++) addTap(r, l, to + (<usize>(j * r.w) << 2), from + l.step * s, s * r.dilationW);
    }
  }
}

/**
 * Adds the products of a line of y with a line of taps to a line of x, eight elements at a time. Where a tap has no product, what is read
 * instead is cleared by a mask.
 */
function addTaps(r: Convolution, l: Lines, line: usize, products: usize, reach: u32): void {
  const first = l.c > r.padW ? l.c - r.padW : 0, last = l.c + l.width + reach, end = last > r.padW ? min(r.w, last - r.padW) : 0;
  if (first >= end) return;
  const shift = <usize>(first + r.padW - l.c) << 2, back = <usize>r.dilationW << 2, step = l.step - back, taps = r.kw;
  let from = products + shift, mask = scratch() + MASKS_AT + (reach << 2) + 32 + shift, x = line + (first << 2), n = end - first;
  for (; n >= 8; n -= 8) {
    let x0 = v128.load(x), x1 = v128.load(x, 16), z = from, m = mask;
    for (let s: u32 = 0; s < taps; s++, z += step, m -= back) {
      x0 = f32x4.add(x0, v128.and(v128.load(z), v128.load(m))), x1 = f32x4.add(x1, v128.and(v128.load(z, 16), v128.load(m, 16)));
    }
    storePair(x, x0, x1);
    x += 32, from += 32, mask += 32;
  }
  for (; n; ) {
    let x0 = v128.load(x), z = from, m = mask;
    for (let s: u32 = 0; s < taps; s++, z += step, m -= back) x0 = f32x4.add(x0, v128.and(v128.load(z), v128.load(m)));
    if (n >= 4) {
      v128.store(x, x0);
      x += 16, from += 16, mask += 16, n -= 4;
    } else {
      v128.store32_lane(x, x0, 0);
      if (n > 1) v128.store32_lane(x, x0, 1, 4);
      if (n > 2) v128.store32_lane(x, x0, 2, 8);
      n = 0;
    }
  }
}

/** Adds the products of a line of y with one tap, which lies s elements behind the first, to every `strideW`th element of a line of x. */
function addTap(r: Convolution, l: Lines, line: usize, products: usize, s: u32): void {
  if (s >= r.padW + r.w) return;
  // The columns of y whose element of x exists.
  const first = max(l.c, s < r.padW ? (r.padW - s + r.strideW - 1) / r.strideW : 0);
  const end = min(l.c + l.width, (r.padW + r.w - 1 - s) / r.strideW + 1), step = r.strideW << 2;
  let x = line + (<usize>(first * r.strideW + s - r.padW) << 2);
  for (let c = first, from = products + (first - l.c << 2); c < end; c++, from += 4, x += step) store<f32>(x, load<f32>(x) + load<f32>(from));
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
