/** The input of a convolution by Winograd's tiles, transformed. */
import { Rows } from "../lines";
import { transposeEight, transposeFour } from "../pack";
import { TILE, putInputs } from "./winogradTile";

/** Rows and columns of inputs that a tile reads; the next tile begins TILE behind it. */
const READS: u32 = 6;

/** Bytes of a row of padded pixels, of eight channels each: what `across` tiles read. An odd number of cache lines. */
@inline
function rowBytes(across: u32): usize {
  return (<usize>TILE * across + 2) << 5;
}

/** Bytes of the memory that `transformInput` needs. */
@inline
export function inputBytes(across: u32): usize {
  return 2 * READS * rowBytes(across);
}

/**
 * Transforms the tiles of `rows` rows of tiles, from row `first` on, as they are counted over all samples. Product p of tile t and channel
 * c goes to `to + p · plane + t · tile + 4c`. Channels go in groups of eight: those behind the last one are undefined.
 *
 * The padded rows of pixels, with the eight channels of a pixel together, stand in a ring of six, of which a row of tiles keeps two for
 * the next. Their columns are transformed, once for all tiles that share them, then the rows of each tile.
 */
export function transformInput<R>(r: R, first: u32, rows: u32, to: usize, plane: usize, tile: usize, space: usize): void {
  const across = r.across, bytes = rowBytes(across), size = <usize>r.h * r.w << 2, ring = space, columns = space + READS * bytes;
  // Zeros on the left and on the right, which no row of the input overwrites.
  memory.fill(ring, 0, READS * bytes);
  for (let c: u32 = 0; c < r.channels; c += 8) {
    let at = to + (c << 2), kept: u32 = 0;
    for (let row = first; row < first + rows; row++) {
      const sample = row / r.down, top = (row - sample * r.down) * TILE;
      if (top == 0) kept = 0;
      const x = r.x + (<usize>sample * r.channels + c) * size;
      for (let i = kept; i < READS; i++) padRow<R>(r, x, size, top + i, min(8, r.channels - c), ring + (top + i) % READS * bytes, bytes);
      kept = 2;
      transformColumns(ring, top % READS, bytes, columns);
      for (let t: u32 = 0; t < across; t++, at += tile) transformRows(columns + (t << 7), bytes, at, plane);
    }
  }
}

/** A row of the padded input as pixels of eight channels, whose planes are `size` bytes apart. */
function padRow<R>(r: R, x: usize, size: usize, row: u32, channels: u32, to: usize, bytes: usize): void {
  const i = row - r.padH; // before the input, it wraps around to a large one
  if (i >= r.h) {
    memory.fill(to, 0, bytes);
    return;
  }
  x += <usize>i * r.w << 2;
  to += r.padW << 5;
  if (channels == 8) transposeEight<Rows>(x, size, r.w, to, 32);
  else {
    transposeFour<Rows>(x, size, r.w, min(4, channels), to, 32);
    if (channels > 4) transposeFour<Rows>(x + 4 * size, size, r.w, channels - 4, to + 16, 32);
  }
}

/** Transforms the columns of a row of tiles, whose six rows of pixels stand in a ring, from row `top` of the ring on. */
function transformColumns(ring: usize, top: u32, bytes: usize, to: usize): void {
  let x0 = ring + top * bytes, x1 = next(x0, ring, bytes), x2 = next(x1, ring, bytes);
  let x3 = next(x2, ring, bytes), x4 = next(x3, ring, bytes), x5 = next(x4, ring, bytes);
  for (const end = to + bytes; to < end; to += 32) {
    putInputs(
      to, bytes,
      v128.load(x0), v128.load(x1), v128.load(x2), v128.load(x3), v128.load(x4), v128.load(x5),
      v128.load(x0, 16), v128.load(x1, 16), v128.load(x2, 16), v128.load(x3, 16), v128.load(x4, 16), v128.load(x5, 16),
    );
    x0 += 32, x1 += 32, x2 += 32, x3 += 32, x4 += 32, x5 += 32;
  }
}

/** Transforms the rows of a tile. */
function transformRows(x: usize, bytes: usize, to: usize, plane: usize): void {
  for (let i: u32 = 0; i < READS; i++) {
    putInputs(
      to, plane,
      v128.load(x), v128.load(x, 32), v128.load(x, 64), v128.load(x, 96), v128.load(x, 128), v128.load(x, 160),
      v128.load(x, 16), v128.load(x, 48), v128.load(x, 80), v128.load(x, 112), v128.load(x, 144), v128.load(x, 176),
    );
    x += bytes;
    to += 6 * plane;
  }
}

@inline
function next(x: usize, ring: usize, bytes: usize): usize {
  return x + bytes == ring + READS * bytes ? ring : x + bytes;
}
