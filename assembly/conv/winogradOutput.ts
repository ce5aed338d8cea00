/** The products of Winograd's tiles, transformed to outputs. */
import { Activation } from "../epilogue";
import { storePair } from "../pairs";
import { madd } from "../simd";
import { TILE, output0, output1, output2, output3 } from "./winogradTile";

/** Bytes of a tile with its columns transformed, 4 × 6, for eight filters. */
const COLUMNS_BYTES: usize = 32 * 24;

/** Bytes of the memory that `transformOutput` needs. */
@inline
export function outputBytes(across: u32): usize {
  return COLUMNS_BYTES + (<usize>across << 9);
}

/**
 * Writes the outputs of `rows` rows of tiles, from row `first` on, as they are counted over all samples. Product p of tile t and filter f
 * stands at `from + p · plane + t · tile + 4f`; filters go in groups of eight, and those behind the last one may be anything.
 *
 * The outputs of a row of tiles are gathered in memory first: for filters f and f + 4 of a group, for each of the four rows, pairs of
 * vectors of four outputs.
 */
export function transformOutput<R>(r: R, first: u32, rows: u32, from: usize, plane: usize, tile: usize, space: usize): void {
  const across = r.across, columns = space, gathered = space + COLUMNS_BYTES, step = <usize>across << 5;
  const size = <usize>r.oh * r.ow << 2, floor: f32 = r.act == Activation.Relu ? 0 : -Infinity;
  for (let f: u32 = 0; f < r.filters; f += 8) {
    const bias0 = r.bias ? v128.load(r.bias + (f << 2)) : f32x4.splat(0), bias1 = r.bias ? v128.load(r.bias + (f << 2), 16) : f32x4.splat(0);
    let at = from + (f << 2);
    for (let row = first; row < first + rows; row++) {
      for (let t: u32 = 0; t < across; t++, at += tile) {
        transformColumns(at, plane, columns);
        transformRows(columns, gathered + (t << 5), step, bias0, bias1);
      }
      const sample = row / r.down, top = (row - sample * r.down) * TILE, high = min(TILE, r.oh - top);
      const y = r.y + (<usize>sample * r.filters + f) * size + (<usize>top * r.ow << 2);
      for (let g: u32 = 0, some = min(8, r.filters - f); g < some; g++) {
        const source = gathered + (g & 3) * TILE * step + (g >> 2 << 4);
        for (let i: u32 = 0; i < high; i++) putRow(source + i * step, y + g * size + (<usize>i * r.ow << 2), r.ow, r.beta, floor);
      }
    }
  }
}

/** Transforms the six columns of a tile of products to four numbers each. */
function transformColumns(m: usize, plane: usize, to: usize): void {
  for (const end = to + 6 * 32; to < end; to += 32) {
    const m1 = m + 6 * plane, m2 = m1 + 6 * plane, m3 = m2 + 6 * plane, m4 = m3 + 6 * plane, m5 = m4 + 6 * plane;
    const x0 = v128.load(m), x1 = v128.load(m1), x2 = v128.load(m2), x3 = v128.load(m3), x4 = v128.load(m4), x5 = v128.load(m5);
    const y0 = v128.load(m, 16), y1 = v128.load(m1, 16), y2 = v128.load(m2, 16);
    const y3 = v128.load(m3, 16), y4 = v128.load(m4, 16), y5 = v128.load(m5, 16);
    const xSumA = f32x4.add(x1, x2), xSumB = f32x4.add(x3, x4), ySumA = f32x4.add(y1, y2), ySumB = f32x4.add(y3, y4);
    const xLessA = f32x4.sub(x1, x2), xLessB = f32x4.sub(x3, x4), yLessA = f32x4.sub(y1, y2), yLessB = f32x4.sub(y3, y4);
    // All before the first is stored, since they load numbers.
    const u0 = output0(x0, xSumA, xSumB), u1 = output1(xLessA, xLessB), u2 = output2(xSumA, xSumB), u3 = output3(x5, xLessA, xLessB);
    const v0 = output0(y0, ySumA, ySumB), v1 = output1(yLessA, yLessB), v2 = output2(ySumA, ySumB), v3 = output3(y5, yLessA, yLessB);
    storePair(to, u0, v0);
    storePair(to + 192, u1, v1);
    storePair(to + 384, u2, v2);
    storePair(to + 576, u3, v3);
    m += plane;
  }
}

/** Transforms the four rows of a tile, and turns four outputs of eight filters to eight times four outputs. */
function transformRows(x: usize, to: usize, step: usize, xBias: v128, yBias: v128): void {
  for (const end = x + 4 * 192; x < end; x += 192) {
    const x0 = v128.load(x), x1 = v128.load(x, 32), x2 = v128.load(x, 64), x3 = v128.load(x, 96), x4 = v128.load(x, 128), x5 = v128.load(x, 160);
    const y0 = v128.load(x, 16), y1 = v128.load(x, 48), y2 = v128.load(x, 80), y3 = v128.load(x, 112), y4 = v128.load(x, 144), y5 = v128.load(x, 176);
    const xSumA = f32x4.add(x1, x2), xSumB = f32x4.add(x3, x4), ySumA = f32x4.add(y1, y2), ySumB = f32x4.add(y3, y4);
    const xLessA = f32x4.sub(x1, x2), xLessB = f32x4.sub(x3, x4), yLessA = f32x4.sub(y1, y2), yLessB = f32x4.sub(y3, y4);
    const u0 = f32x4.add(output0(x0, xSumA, xSumB), xBias), v0 = f32x4.add(output0(y0, ySumA, ySumB), yBias);
    const u1 = f32x4.add(output1(xLessA, xLessB), xBias), v1 = f32x4.add(output1(yLessA, yLessB), yBias);
    const u2 = f32x4.add(output2(xSumA, xSumB), xBias), v2 = f32x4.add(output2(ySumA, ySumB), yBias);
    const u3 = f32x4.add(output3(x5, xLessA, xLessB), xBias), v3 = f32x4.add(output3(y5, yLessA, yLessB), yBias);
    const uLow01 = i32x4.shuffle(u0, u1, 0, 4, 1, 5), uHigh01 = i32x4.shuffle(u0, u1, 2, 6, 3, 7);
    const vLow01 = i32x4.shuffle(v0, v1, 0, 4, 1, 5), vHigh01 = i32x4.shuffle(v0, v1, 2, 6, 3, 7);
    const uLow23 = i32x4.shuffle(u2, u3, 0, 4, 1, 5), uHigh23 = i32x4.shuffle(u2, u3, 2, 6, 3, 7);
    const vLow23 = i32x4.shuffle(v2, v3, 0, 4, 1, 5), vHigh23 = i32x4.shuffle(v2, v3, 2, 6, 3, 7);
    storePair(to, i64x2.shuffle(uLow01, uLow23, 0, 2), i64x2.shuffle(vLow01, vLow23, 0, 2));
    const to1 = to + 4 * step, to2 = to1 + 4 * step, to3 = to2 + 4 * step;
    storePair(to1, i64x2.shuffle(uLow01, uLow23, 1, 3), i64x2.shuffle(vLow01, vLow23, 1, 3));
    storePair(to2, i64x2.shuffle(uHigh01, uHigh23, 0, 2), i64x2.shuffle(vHigh01, vHigh23, 0, 2));
    storePair(to3, i64x2.shuffle(uHigh01, uHigh23, 1, 3), i64x2.shuffle(vHigh01, vHigh23, 1, 3));
    to += step;
  }
}

/** Writes a row of outputs: max(sums + beta · y, floor), from vectors of four sums that are 32 bytes apart. @narrow */
function putRow(sums: usize, y: usize, width: u32, beta: f32, floor: f32): void {
  const floors = f32x4.splat(floor), betas = f32x4.splat(beta);
  for (; width >= 4; width -= 4) {
    let x = v128.load(sums);
    if (beta != 0) x = madd(betas, v128.load(y), x);
    // pmax lets a NaN through, which stands first.
    v128.store(y, f32x4.pmax(x, floors));
    sums += 32;
    y += 16;
  }
  for (; width; width--) {
    let x = v128.load32_splat(sums);
    if (beta != 0) x = madd(betas, v128.load32_splat(y), x);
    v128.store32_lane(y, f32x4.pmax(x, floors), 0);
    sums += 4;
    y += 4;
  }
}
