import { storePair } from "./pairs";

/**
 * Rows and columns of a tile of out: whole 64-byte lines of x and of out. Rows that lie multiples of 4096 bytes apart compete for the
 * same few lines of a cache, which sixteen do not fit into. Where only one side has such rows, a tile has half as many of them: a
 * transpose of 1024×32 takes 0.6 of the time, one of 32×1024 0.9.
 */
const TILE: u32 = 16;
const TILE_ALIASED: u32 = 8;

/** out[i, j] = x[j, i] for 4-byte elements. The rows of out are contiguous, n elements each. Those of x are `step` bytes apart. */
export function transpose(out: usize, x: usize, step: usize, rows: u32, n: u32): void {
  const outStep = <usize>n << 2;
  const wideN = n & ~3;
  const wideRows = rows & ~3;
  const tileRows = aliased(outStep) && !aliased(step) ? TILE_ALIASED : TILE;
  const tileColumns = aliased(step) && !aliased(outStep) ? TILE_ALIASED : TILE;
  for (let i: u32 = 0; i < wideRows; i += tileRows) {
    const iEnd = min(i + tileRows, wideRows);
    for (let j: u32 = 0; j < wideN; j += tileColumns) {
      const jEnd = min(j + tileColumns, wideN);
      for (let i4 = i; i4 < iEnd; i4 += 4) {
        let to = out + outStep * i4 + (j << 2), from = x + step * j + (i4 << 2);
        let j8 = j;
        for (; j8 + 8 <= jEnd; j8 += 8, to += 32, from += 8 * step) twoBlocks(to, outStep, from, step);
        if (j8 < jEnd) block(to, outStep, from, step);
      }
    }
  }
  // The edges: in every row the columns past the last whole block, and all columns of the last rows.
  for (let i: u32 = 0; i < rows; ++i) {
    for (let j = i < wideRows ? wideN : 0; j < n; ++j) store<u32>(out + outStep * i + (j << 2), load<u32>(x + step * j + (i << 2)));
  }
}

/**
 * Two 4×4 blocks, side by side in out. Both are ready before the first is stored, and their rows are stored in pairs, so that V8 packs
 * the two to one of 256 bits.
 */
@inline
function twoBlocks(out: usize, outStep: usize, x: usize, step: usize): void {
  const y = x + 4 * step;
  const x0 = v128.load(x), y0 = v128.load(y);
  const x1 = v128.load(x + step), y1 = v128.load(y + step);
  const x2 = v128.load(x + step * 2), y2 = v128.load(y + step * 2);
  const x3 = v128.load(x + step * 3), y3 = v128.load(y + step * 3);
  const xl01 = i32x4.shuffle(x0, x1, 0, 4, 1, 5), xh01 = i32x4.shuffle(x0, x1, 2, 6, 3, 7);
  const yl01 = i32x4.shuffle(y0, y1, 0, 4, 1, 5), yh01 = i32x4.shuffle(y0, y1, 2, 6, 3, 7);
  const xl23 = i32x4.shuffle(x2, x3, 0, 4, 1, 5), xh23 = i32x4.shuffle(x2, x3, 2, 6, 3, 7);
  const yl23 = i32x4.shuffle(y2, y3, 0, 4, 1, 5), yh23 = i32x4.shuffle(y2, y3, 2, 6, 3, 7);
  const u0 = i64x2.shuffle(xl01, xl23, 0, 2), v0 = i64x2.shuffle(yl01, yl23, 0, 2);
  const u1 = i64x2.shuffle(xl01, xl23, 1, 3), v1 = i64x2.shuffle(yl01, yl23, 1, 3);
  const u2 = i64x2.shuffle(xh01, xh23, 0, 2), v2 = i64x2.shuffle(yh01, yh23, 0, 2);
  const u3 = i64x2.shuffle(xh01, xh23, 1, 3), v3 = i64x2.shuffle(yh01, yh23, 1, 3);
  storePair(out, u0, v0);
  out += outStep;
  storePair(out, u1, v1);
  out += outStep;
  storePair(out, u2, v2);
  out += outStep;
  storePair(out, u3, v3);
}

/** A 4×4 block: interleave rows 0 with 2 and 1 with 3, then the results with each other. */
@inline
function block(out: usize, outStep: usize, x: usize, step: usize): void {
  const x0 = v128.load(x);
  const x1 = v128.load(x + step);
  const x2 = v128.load(x + step * 2);
  const x3 = v128.load(x + step * 3);
  const even0 = v128.shuffle<u32>(x0, x2, 0, 4, 1, 5);
  const even1 = v128.shuffle<u32>(x0, x2, 2, 6, 3, 7);
  const odd0 = v128.shuffle<u32>(x1, x3, 0, 4, 1, 5);
  const odd1 = v128.shuffle<u32>(x1, x3, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<u32>(even0, odd0, 0, 4, 1, 5));
  v128.store(out + outStep, v128.shuffle<u32>(even0, odd0, 2, 6, 3, 7));
  v128.store(out + outStep * 2, v128.shuffle<u32>(even1, odd1, 0, 4, 1, 5));
  v128.store(out + outStep * 3, v128.shuffle<u32>(even1, odd1, 2, 6, 3, 7));
}

/** Whether rows `step` bytes apart compete for the same lines of a cache. */
@inline
function aliased(step: usize): bool {
  return !(step & 4095);
}
