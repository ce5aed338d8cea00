/** The products of Winograd's tiles, transformed to outputs. */
import { Activation } from "../epilogue";
import { ZEROS } from "../micro";
import { storePair } from "../pairs";
import { madd } from "../simd";
import { N, TILE, number } from "./winogradTile";

/** Bytes of a tile with its columns transformed, 4 × 6, for eight filters. */
const COLUMNS_BYTES: usize = 32 * 24;

/** Bytes of the memory that `transformOutput` needs. */
@inline
export function outputBytes(across: u32): usize {
  return COLUMNS_BYTES + (<usize>across << 9);
}

/**
 * Writes the outputs of `rows` rows of tiles, from row `first` on, as they are counted over all samples. Product p of tile t and filter f
 * stands at `from + p · plane + t · tile + 4f`. Filters go in groups of eight; those behind the last one may be anything.
 *
 * The outputs of a row of tiles are gathered in memory first: for filters f and f + 4 of a group, for each of the four rows, pairs of
 * vectors of four outputs.
 */
export function transformOutput<R>(r: R, first: u32, rows: u32, from: usize, plane: usize, tile: usize, space: usize): void {
  const across = r.across, columns = space, gathered = space + COLUMNS_BYTES, step = <usize>across << 5;
  const size = <usize>r.oh * r.ow << 2, floor: f32 = r.act == Activation.Relu ? 0 : -Infinity;
  for (let f: u32 = 0; f < r.filters; f += 8, from += 32) {
    const some = min(8, r.filters - f), bias = r.bias ? r.bias + (f << 2) : ZEROS;
    let at = from;
    for (let row = first; row < first + rows; row++) {
      for (let t: u32 = 0; t < across; t++, at += tile) {
        transformColumns(at, plane, columns);
        transformRows(columns, gathered + (t << 5), step, bias, r.beta == 0 ? floor : -Infinity);
      }
      const sample = row / r.down, top = (row - sample * r.down) * TILE, high = min(TILE, r.oh - top);
      let y = r.y + (<usize>sample * r.filters + f) * size + (<usize>top * r.ow << 2);
      for (let g: u32 = 0; g < some; g++, y += size) {
        const source = gathered + (g & 3) * TILE * step + (g & 4) * 4;
        for (let i: u32 = 0; i < high; i++) {
          const sums = source + i * step, to = y + (<usize>i * r.ow << 2);
          if (r.beta == 0) copyRow(sums, to, r.ow);
          else addRow(sums, to, r.ow, r.beta, floor);
        }
      }
    }
  }
}

/** Transforms the six columns of a tile of products to four numbers each. */
function transformColumns(m: usize, plane: usize, to: usize): void {
  const a = number(N.A), b = number(N.B), a2 = number(N.A2), b2 = number(N.B2), a3 = number(N.A3), b3 = number(N.B3);
  const next = 6 * plane;
  for (const end = to + 6 * 32; to < end; to += 32) {
    const m1 = m + next, m2 = m1 + next, m3 = m2 + next, m4 = m3 + next, m5 = m4 + next;
    const x1 = v128.load(m1), x2 = v128.load(m2), x3 = v128.load(m3), x4 = v128.load(m4);
    const y1 = v128.load(m1, 16), y2 = v128.load(m2, 16), y3 = v128.load(m3, 16), y4 = v128.load(m4, 16);
    const xSumA = f32x4.add(x1, x2), xSumB = f32x4.add(x3, x4), ySumA = f32x4.add(y1, y2), ySumB = f32x4.add(y3, y4);
    const xLessA = f32x4.sub(x1, x2), xLessB = f32x4.sub(x3, x4), yLessA = f32x4.sub(y1, y2), yLessB = f32x4.sub(y3, y4);
    const x0 = v128.load(m), y0 = v128.load(m, 16), x5 = v128.load(m5), y5 = v128.load(m5, 16);
    storePair(to, f32x4.add(f32x4.add(x0, xSumA), xSumB), f32x4.add(f32x4.add(y0, ySumA), ySumB));
    storePair(to + 192, madd(a, xLessA, f32x4.mul(b, xLessB)), madd(a, yLessA, f32x4.mul(b, yLessB)));
    storePair(to + 384, madd(a2, xSumA, f32x4.mul(b2, xSumB)), madd(a2, ySumA, f32x4.mul(b2, ySumB)));
    storePair(to + 576, madd(a3, xLessA, madd(b3, xLessB, x5)), madd(a3, yLessA, madd(b3, yLessB, y5)));
    m += plane;
  }
}

/**
 * Transforms the four rows of a tile, adds the bias, applies the floor, and turns four outputs of eight filters to eight times four
 * outputs.
 */
function transformRows(x: usize, to: usize, step: usize, bias: usize, floor: f32): void {
  const a = number(N.A), b = number(N.B), a2 = number(N.A2), b2 = number(N.B2), a3 = number(N.A3), b3 = number(N.B3);
  const xBias = v128.load(bias), yBias = v128.load(bias, 16), floors = f32x4.splat(floor);
  for (const end = x + 4 * 192; x < end; x += 192) {
    const x1 = v128.load(x, 32), x2 = v128.load(x, 64), x3 = v128.load(x, 96), x4 = v128.load(x, 128);
    const y1 = v128.load(x, 48), y2 = v128.load(x, 80), y3 = v128.load(x, 112), y4 = v128.load(x, 144);
    const xSumA = f32x4.add(x1, x2), xSumB = f32x4.add(x3, x4), ySumA = f32x4.add(y1, y2), ySumB = f32x4.add(y3, y4);
    const xLessA = f32x4.sub(x1, x2), xLessB = f32x4.sub(x3, x4), yLessA = f32x4.sub(y1, y2), yLessB = f32x4.sub(y3, y4);
    const x0 = v128.load(x), y0 = v128.load(x, 16), x5 = v128.load(x, 160), y5 = v128.load(x, 176);
    const u0 = settled(f32x4.add(f32x4.add(x0, xSumA), xSumB), xBias, floors);
    const v0 = settled(f32x4.add(f32x4.add(y0, ySumA), ySumB), yBias, floors);
    const u1 = settled(madd(a, xLessA, f32x4.mul(b, xLessB)), xBias, floors);
    const v1 = settled(madd(a, yLessA, f32x4.mul(b, yLessB)), yBias, floors);
    const u2 = settled(madd(a2, xSumA, f32x4.mul(b2, xSumB)), xBias, floors);
    const v2 = settled(madd(a2, ySumA, f32x4.mul(b2, ySumB)), yBias, floors);
    const u3 = settled(madd(a3, xLessA, madd(b3, xLessB, x5)), xBias, floors);
    const v3 = settled(madd(a3, yLessA, madd(b3, yLessB, y5)), yBias, floors);
    const uLow01 = i32x4.shuffle(u0, u1, 0, 4, 1, 5), uHigh01 = i32x4.shuffle(u0, u1, 2, 6, 3, 7);
    const vLow01 = i32x4.shuffle(v0, v1, 0, 4, 1, 5), vHigh01 = i32x4.shuffle(v0, v1, 2, 6, 3, 7);
    const uLow23 = i32x4.shuffle(u2, u3, 0, 4, 1, 5), uHigh23 = i32x4.shuffle(u2, u3, 2, 6, 3, 7);
    const vLow23 = i32x4.shuffle(v2, v3, 0, 4, 1, 5), vHigh23 = i32x4.shuffle(v2, v3, 2, 6, 3, 7);
    const to1 = to + 4 * step, to2 = to1 + 4 * step, to3 = to2 + 4 * step;
    storePair(to, i64x2.shuffle(uLow01, uLow23, 0, 2), i64x2.shuffle(vLow01, vLow23, 0, 2));
    storePair(to1, i64x2.shuffle(uLow01, uLow23, 1, 3), i64x2.shuffle(vLow01, vLow23, 1, 3));
    storePair(to2, i64x2.shuffle(uHigh01, uHigh23, 0, 2), i64x2.shuffle(vHigh01, vHigh23, 0, 2));
    storePair(to3, i64x2.shuffle(uHigh01, uHigh23, 1, 3), i64x2.shuffle(vHigh01, vHigh23, 1, 3));
    to += step;
  }
}

/** Sums with the bias. A floor of −∞ changes nothing; pmax lets a NaN through, which stands first. */
@inline
function settled(x: v128, bias: v128, floors: v128): v128 {
  return f32x4.pmax(f32x4.add(x, bias), floors);
}

/** Writes a row of outputs, whose vectors stand 32 bytes apart. @narrow */
function copyRow(x: usize, y: usize, width: u32): void {
  for (; width >= 16; width -= 16, x += 128, y += 64) {
    v128.store(y, v128.load(x));
    v128.store(y, v128.load(x, 32), 16);
    v128.store(y, v128.load(x, 64), 32);
    v128.store(y, v128.load(x, 96), 48);
  }
  for (; width >= 4; width -= 4, x += 32, y += 16) v128.store(y, v128.load(x));
  for (; width; width--, x += 4, y += 4) store<u32>(y, load<u32>(x));
}

/** Adds beta times what a row of outputs holds, and applies the floor. @narrow */
function addRow(x: usize, y: usize, width: u32, beta: f32, floor: f32): void {
  const floors = f32x4.splat(floor), betas = f32x4.splat(beta);
  for (; width >= 4; width -= 4, x += 32, y += 16) v128.store(y, f32x4.pmax(madd(betas, v128.load(y), v128.load(x)), floors));
  for (; width; width--, x += 4, y += 4) {
    v128.store32_lane(y, f32x4.pmax(madd(betas, v128.load32_splat(y), v128.load32_splat(x)), floors), 0);
  }
}
