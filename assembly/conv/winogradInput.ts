/** Tiles of a convolution's input, transformed: Bᵀ · d · B, see winogradTile.ts. */
import { pixelBytes, putPixels } from "./winogradPixels";
import { N, TILE, number, putInputs } from "./winogradTile";

/** Rows and columns of inputs that a tile reads; the next tile begins TILE behind it. */
const READS: u32 = 6;

/** Bytes of the memory that `transformInput` needs. */
@inline
export function inputBytes(across: u32): usize {
  return 2 * READS * pixelBytes(across);
}

/**
 * Transforms channels begin … end − 1 of `rows` rows of tiles, from row `first` on, as they are counted over all samples. Product p of tile
 * t and channel c goes to `to + p · plane + t · tile + 4(c − begin)`. Channels go in groups of eight; the last group is filled up.
 *
 * A ring of six holds the padded rows of pixels; two of them serve the next row of tiles, too. The columns of pixels are transformed, once
 * for all tiles that share them, then the rows of each tile.
 */
export function transformInput<R>(
  r: R, first: u32, rows: u32, begin: u32, end: u32, to: usize, plane: usize, tile: usize, space: usize,
): void {
  const across = r.across, bytes = pixelBytes(across), size = <usize>r.h * r.w << 2, ring = space, columns = space + READS * bytes;
  // Zeros on the left and on the right, which no row of the input overwrites.
  memory.fill(ring, 0, READS * bytes);
  for (let c = begin; c < end; c += 8, to += 32) {
    let at = to, kept: u32 = 0;
    for (let row = first; row < first + rows; row++) {
      const sample = row / r.down, top = (row - sample * r.down) * TILE;
      const planes = r.x + (<usize>sample * r.channels + c) * size;
      if (top == 0) kept = 0;
      for (let i = top + kept; i < top + READS; i++) {
        putPixels(planes, r.h, r.w, i - r.padH, min(8, end - c), ring + i % READS * bytes, bytes, r.padW);
      }
      kept = READS - TILE;
      transformColumns(ring, top % READS, bytes, columns);
      transformRows(columns, bytes, across, at, plane, tile);
      at += across * tile;
    }
  }
}

/** Transforms the columns of a row of tiles, whose six rows of pixels stand in a ring, from row `top` of the ring on. */
function transformColumns(ring: usize, top: u32, bytes: usize, to: usize): void {
  let x0 = ring + top * bytes, x1 = next(x0, ring, bytes), x2 = next(x1, ring, bytes);
  let x3 = next(x2, ring, bytes), x4 = next(x3, ring, bytes), x5 = next(x4, ring, bytes);
  const a = number(N.A), b = number(N.B), a2 = number(N.A2), b2 = number(N.B2), sum = number(N.Sum), both = number(N.Both);
  for (const end = to + bytes; to < end; to += 32) {
    putInputs(
      to, bytes, a, b, a2, b2, sum, both,
      v128.load(x0), v128.load(x1), v128.load(x2), v128.load(x3), v128.load(x4), v128.load(x5),
      v128.load(x0, 16), v128.load(x1, 16), v128.load(x2, 16), v128.load(x3, 16), v128.load(x4, 16), v128.load(x5, 16),
    );
    x0 += 32, x1 += 32, x2 += 32, x3 += 32, x4 += 32, x5 += 32;
  }
}

/** Transforms the six rows of the tiles that stand side by side. */
function transformRows(columns: usize, bytes: usize, across: u32, to: usize, plane: usize, tile: usize): void {
  const a = number(N.A), b = number(N.B), a2 = number(N.A2), b2 = number(N.B2), sum = number(N.Sum), both = number(N.Both);
  for (let i: u32 = 0; i < READS; i++) {
    let x = columns, at = to;
    for (const end = x + (across << 7); x < end; x += 128) {
      putInputs(
        at, plane, a, b, a2, b2, sum, both,
        v128.load(x), v128.load(x, 32), v128.load(x, 64), v128.load(x, 96), v128.load(x, 128), v128.load(x, 160),
        v128.load(x, 16), v128.load(x, 48), v128.load(x, 80), v128.load(x, 112), v128.load(x, 144), v128.load(x, 176),
      );
      at += tile;
    }
    columns += bytes;
    to += READS * plane;
  }
}

@inline
function next(x: usize, ring: usize, bytes: usize): usize {
  return x + bytes == ring + READS * bytes ? ring : x + bytes;
}
