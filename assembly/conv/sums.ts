/** Sums that the tiles of tiles.ts leave as rows of 64 bytes, a column for each filter, and how they become rows of the result. */
import { TALL } from "../micro";
import { storePair } from "../pairs";
import { madd } from "../simd";
import { stripColumns } from "../sweep";
import { SUMS_STEP, gather16, gather8 } from "./tiles";

/** The width of the next strip, in columns, where `left` columns are left. */
@inline
export function stripWidth(left: u32): u32 {
  return left <= 8 ? 8 : stripColumns();
}

/** Computes `count` rows of sums, by tiles. Memory behind them is written, too, for up to TALL − 1 rows. */
export function gatherRows(
  width: u32, sums: usize, plus: usize, plusStep: usize, x: usize, rows: usize, count: u32, steps: usize, b: usize, k: u32,
): void {
  for (const end = rows + (count << 2); rows < end; rows += 4 * TALL) {
    if (width == 16) gather16(sums, plus, plusStep, x, rows, steps, b, k);
    else gather8(sums, plus, plusStep, x, rows, steps, b, k);
    sums += TALL * SUMS_STEP;
    plus += TALL * plusStep;
  }
}

/** out[j, i] = max(sums[i, j] + beta · out[j, i], floor) for `rows` rows of sums and `cols` of their columns; rows of out are `step` apart. */
export function turn(sums: usize, rows: u32, cols: u32, out: usize, step: usize, beta: f32, floor: f32): void {
  const betas = f32x4.splat(beta), floors = f32x4.splat(floor);
  for (let j: u32 = 0; j < cols; j += 4, sums += 16, out += 4 * step) {
    const last = min(3, cols - 1 - j), to1 = out + step * min(1, last), to2 = out + step * min(2, last), to3 = out + step * last;
    let i: usize = 0, at = sums;
    for (const end = <usize>(rows & ~7) << 2; i < end; i += 32, at += 8 * SUMS_STEP) {
      const x0 = v128.load(at), x1 = v128.load(at, SUMS_STEP), x2 = v128.load(at, 2 * SUMS_STEP), x3 = v128.load(at, 3 * SUMS_STEP);
      const y0 = v128.load(at, 4 * SUMS_STEP), y1 = v128.load(at, 5 * SUMS_STEP);
      const y2 = v128.load(at, 6 * SUMS_STEP), y3 = v128.load(at, 7 * SUMS_STEP);
      const xl01 = i32x4.shuffle(x0, x1, 0, 4, 1, 5), xh01 = i32x4.shuffle(x0, x1, 2, 6, 3, 7);
      const yl01 = i32x4.shuffle(y0, y1, 0, 4, 1, 5), yh01 = i32x4.shuffle(y0, y1, 2, 6, 3, 7);
      const xl23 = i32x4.shuffle(x2, x3, 0, 4, 1, 5), xh23 = i32x4.shuffle(x2, x3, 2, 6, 3, 7);
      const yl23 = i32x4.shuffle(y2, y3, 0, 4, 1, 5), yh23 = i32x4.shuffle(y2, y3, 2, 6, 3, 7);
      let l0 = i64x2.shuffle(xl01, xl23, 0, 2), h0 = i64x2.shuffle(yl01, yl23, 0, 2);
      let l1 = i64x2.shuffle(xl01, xl23, 1, 3), h1 = i64x2.shuffle(yl01, yl23, 1, 3);
      let l2 = i64x2.shuffle(xh01, xh23, 0, 2), h2 = i64x2.shuffle(yh01, yh23, 0, 2);
      let l3 = i64x2.shuffle(xh01, xh23, 1, 3), h3 = i64x2.shuffle(yh01, yh23, 1, 3);
      const o0 = out + i, o1 = to1 + i, o2 = to2 + i, o3 = to3 + i;
      if (beta != 0) {
        l0 = madd(betas, v128.load(o0), l0), h0 = madd(betas, v128.load(o0, 16), h0);
        l1 = madd(betas, v128.load(o1), l1), h1 = madd(betas, v128.load(o1, 16), h1);
        l2 = madd(betas, v128.load(o2), l2), h2 = madd(betas, v128.load(o2, 16), h2);
        l3 = madd(betas, v128.load(o3), l3), h3 = madd(betas, v128.load(o3, 16), h3);
      }
      l0 = f32x4.pmax(l0, floors), h0 = f32x4.pmax(h0, floors), l1 = f32x4.pmax(l1, floors), h1 = f32x4.pmax(h1, floors);
      l2 = f32x4.pmax(l2, floors), h2 = f32x4.pmax(h2, floors), l3 = f32x4.pmax(l3, floors), h3 = f32x4.pmax(h3, floors);
      // A row that does not exist is written where the last one is, before it.
      storePair(o3, l3, h3);
      storePair(o2, l2, h2);
      storePair(o1, l1, h1);
      storePair(o0, l0, h0);
    }
    for (const end = <usize>rows << 2; i < end; i += 4, at += SUMS_STEP) {
      let to = out + i;
      for (let c: usize = 0; c <= last; c++, to += step) {
        let x = v128.load32_splat(at + (c << 2));
        if (beta != 0) x = madd(betas, v128.load32_splat(to), x);
        v128.store32_lane(to, f32x4.pmax(x, floors), 0);
      }
    }
  }
}
