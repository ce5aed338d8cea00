/**
 * Chunks: eight positions side by side in a line of the output, or fewer at the end of a line, whose windows along the line are read as
 * vectors.
 */
import { Activation } from "../epilogue";
import { TALL, ZEROS } from "../micro";
import { madd } from "../simd";
import { isWide, scratch } from "../threads";
import { chunk8, chunks16 } from "./chunkTiles";
import { Convolution } from "./conv";
import { POSITIONS_AT, STEPS_AT, SUMS_AT } from "./places";
import { Windows } from "./windows";

/** The column in which the first line of a block begins. */
@inline
export function firstColumn(w: Windows, r: Convolution, position: u32): u32 {
  return w.columns < r.ow ? 0 : position % r.ow;
}

/** Writes the offsets of the block's chunks. @returns how many they are */
export function chunks(w: Windows, r: Convolution, position: u32): u32 {
  const table = scratch() + POSITIONS_AT, column = r.strideW << 2, line = w.lineStep * r.strideH;
  let at = table, begin: usize = 0;
  for (let left = w.count, c = firstColumn(w, r, position); left; c = 0, begin += line) {
    const n = min(w.width - c, left);
    for (let i: u32 = 0; i < n; i += 8, at += 4) store<u32>(at, <u32>(begin + (c + i) * column));
    left -= n;
  }
  // Four chunks are computed at a time.
  const last = load<u32>(at - 4);
  store<u32>(at, last), store<u32>(at, last, 4), store<u32>(at, last, 8);
  return <u32>(at - table) >>> 2;
}

/**
 * A block of the output of at most TALL filters: rows of tiles are filters, columns are positions. `weight` has k steps of eight weights.
 * Windows must lie side by side. A chunk that is not full, or that beta · y is added to, is computed in memory of its own.
 */
export function convolveChunks(
  r: Convolution, w: Windows, position: u32, image: usize, weight: usize, k: u32, filters: u32, bias: usize, y: usize, step: usize,
): void {
  const count = chunks(w, r, position), direct = filters == TALL && r.beta == 0, floor: f32 = direct && r.act == Activation.Relu ? 0 : -Infinity;
  const steps = scratch() + STEPS_AT, own = scratch() + SUMS_AT, biases = bias ? bias : ZEROS, wide = isWide();
  let table = scratch() + POSITIONS_AT, left = w.count, c = firstColumn(w, r, position);
  for (let i: u32 = 0; i < count; i += 2, table += 8) {
    const n0 = min(8, min(w.width - c, left)), y1 = y + (n0 << 2);
    left -= n0, c = c + n0 == w.width ? 0 : c + n0;
    const n1 = min(8, min(w.width - c, left));
    left -= n1, c = c + n1 == w.width ? 0 : c + n1;
    const straight0 = direct && n0 == 8, straight1 = direct && n1 == 8;
    const to0 = straight0 ? y : own, step0 = straight0 ? step : 64, to1 = straight1 ? y1 : own + 32, step1 = straight1 ? step : 64;
    const x0 = image + load<u32>(table), x1 = image + load<u32>(table, 4);
    if (wide) chunks16(to0, step0, to1, step1, biases, floor, x0, x1, steps, weight, k);
    else {
      chunk8(to0, step0, biases, floor, x0, steps, weight, k);
      if (n1) chunk8(to1, step1, biases, floor, x1, steps, weight, k);
    }
    if (!straight0) settle(r, y, step, own, n0, filters);
    if (!straight1) settle(r, y1, step, own + 32, n1, filters);
    y = y1 + (n1 << 2);
  }
}

/** y = max(sums + beta · y, floor) for n columns of some rows. */
function settle(r: Convolution, y: usize, step: usize, sums: usize, n: u32, rows: u32): void {
  const betas = f32x4.splat(r.beta), floors = f32x4.splat(r.act == Activation.Relu ? 0 : -Infinity);
  for (; rows; rows--, y += step, sums += 64) {
    let i: usize = 0;
    for (const whole = <usize>(n & ~3) << 2; i < whole; i += 16) {
      let x = v128.load(sums + i);
      if (r.beta != 0) x = madd(betas, v128.load(y + i), x);
      v128.store(y + i, f32x4.pmax(x, floors));
    }
    for (const end = <usize>n << 2; i < end; i += 4) {
      let x = v128.load32_splat(sums + i);
      if (r.beta != 0) x = madd(betas, v128.load32_splat(y + i), x);
      v128.store32_lane(y + i, f32x4.pmax(x, floors), 0);
    }
  }
}
