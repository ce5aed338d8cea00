/** Rows of pixels of eight channels each, which the transforms of Winograd's tiles read: see winogradTile.ts. */
import { Rows } from "../lines";
import { transposeEight, transposeFour } from "../pack";
import { TILE } from "./winogradTile";

/** Bytes of a row of as many pixels as `across` tiles read. It is an odd number of cache lines, so that rows do not compete for sets. */
@inline
export function pixelBytes(across: u32): usize {
  return (<usize>TILE * across + 2) << 5;
}

/**
 * Writes row i of `channels` planes of h × w, up to eight of them, as pixels from `to` on. Where there is no such row, the `bytes` of the
 * row become zeros. A negative i is a large one. Of fewer than eight channels, some are written again, so that no number is undefined.
 */
export function putPixels(planes: usize, h: u32, w: u32, i: u32, channels: u32, to: usize, bytes: usize, left: u32): void {
  if (i >= h) {
    memory.fill(to, 0, bytes);
    return;
  }
  const size = <usize>h * w << 2;
  planes += <usize>i * w << 2;
  to += left << 5;
  if (channels == 8) transposeEight<Rows>(planes, size, w, to, 32);
  else {
    const rest: u32 = channels > 4 ? channels - 4 : 1;
    transposeFour<Rows>(planes, size, w, min(4, channels), to, 32);
    transposeFour<Rows>(planes + (channels - rest) * size, size, w, rest, to + 16, 32);
  }
}
