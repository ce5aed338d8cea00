/** Tiles of the gradient of a convolution's output, transformed: A · dy · Aᵀ, see winogradTile.ts. */
import { pixelBytes, putPixels } from "./winogradPixels";
import { N, TILE, number, putGradients } from "./winogradTile";

/** Bytes of the memory that `transformGradient` needs: four rows of pixels, and six with their columns transformed. */
@inline
export function gradientBytes(across: u32): usize {
  return 10 * pixelBytes(across);
}

/**
 * Transforms filters begin … end − 1 of `rows` rows of tiles, from row `first` on, as they are counted over all samples. Product p of tile
 * t and filter f goes to `to + p · plane + t · tile + 4(f − begin)`. Filters go in groups of eight, whose last
 * one is filled up. What lies outside of the output is 0.
 */
export function transformGradient<R>(
  r: R, first: u32, rows: u32, begin: u32, end: u32, to: usize, plane: usize, tile: usize, space: usize,
): void {
  const across = r.across, bytes = pixelBytes(across), size = <usize>r.oh * r.ow << 2, columns = space + TILE * bytes;
  // Zeros on the right, which no row of the output overwrites.
  memory.fill(space, 0, TILE * bytes);
  for (let f = begin; f < end; f += 8, to += 32) {
    let at = to;
    for (let row = first; row < first + rows; row++) {
      const sample = row / r.down, top = (row - sample * r.down) * TILE;
      const planes = r.y + (<usize>sample * r.filters + f) * size;
      for (let i: u32 = 0; i < TILE; i++) putPixels(planes, r.oh, r.ow, top + i, min(8, end - f), space + i * bytes, bytes, 0);
      transformColumns(space, bytes, columns);
      transformRows(columns, bytes, across, at, plane, tile);
      at += across * tile;
    }
  }
}

/** Transforms the columns of four rows of pixels to six. */
function transformColumns(x0: usize, bytes: usize, to: usize): void {
  const a = number(N.A), b = number(N.B), a2 = number(N.A2), b2 = number(N.B2);
  let x1 = x0 + bytes, x2 = x1 + bytes, x3 = x2 + bytes;
  for (const end = to + bytes; to < end; to += 32) {
    putGradients(
      to, bytes, a, b, a2, b2,
      v128.load(x0), v128.load(x1), v128.load(x2), v128.load(x3),
      v128.load(x0, 16), v128.load(x1, 16), v128.load(x2, 16), v128.load(x3, 16),
    );
    x0 += 32, x1 += 32, x2 += 32, x3 += 32;
  }
}

/** Transforms the six rows of the tiles that stand side by side. */
function transformRows(columns: usize, bytes: usize, across: u32, to: usize, plane: usize, tile: usize): void {
  const a = number(N.A), b = number(N.B), a2 = number(N.A2), b2 = number(N.B2);
  for (let i: u32 = 0; i < 6; i++) {
    let x = columns, at = to;
    for (const end = x + (across << 7); x < end; x += 128) {
      putGradients(
        at, plane, a, b, a2, b2,
        v128.load(x), v128.load(x, 32), v128.load(x, 64), v128.load(x, 96),
        v128.load(x, 16), v128.load(x, 48), v128.load(x, 80), v128.load(x, 112),
      );
      at += tile;
    }
    columns += bytes;
    to += 6 * plane;
  }
}
