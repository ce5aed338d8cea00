/** Running sums along the middle axis of a view [outer, reduced, inner], accumulated in float64. */
import { blockLength, lane } from "./fold";
import { scratch } from "./threads";

/** @cost 5 + reduced @bytes 8 * reduced */
@unmanaged
export class CumsumArgs {
  x: usize; // [outer, reduced, inner]
  out: usize; // [outer, reduced, inner]; may be x
  reduced: u32; // extent of the summed axis
  inner: u32; // elements between two neighbours along it
  reverse: u32; // 0: sums from the first element on; 1: from the last one back, which is the gradient of the former
}

/** Inclusive cumulative sum. Range: lanes, outer · inner of them. @narrow */
export function cumsum(r: CumsumArgs, from: u32, to: u32): void {
  const sums = scratch(), stride = <usize>r.inner << 2;
  // In reverse the step is negative: adding it wraps around 2³², as intended.
  const step = r.reverse ? 0 - stride : stride, skip = r.reverse ? stride * (r.reduced - 1) : 0;
  for (let first = from, count: u32 = 0; first < to; first += count) {
    // Rows are summed one at a time, columns side by side.
    count = r.inner == 1 ? 1 : blockLength(first, to, r.inner);
    memory.fill(sums, 0, <usize>count << 3);
    let x = lane(r.x, first, r.reduced, r.inner) + skip, out = lane(r.out, first, r.reduced, r.inner) + skip;
    if (r.inner == 1) scanRow(x, out, r.reduced, step);
    else for (let i: u32 = 0; i < r.reduced; i++, x += step, out += step) addRow(x, out, sums, count);
  }
}

@inline
function scanRow(x: usize, out: usize, n: u32, step: usize): void {
  let total: f64 = 0;
  for (let i: u32 = 0; i < n; i++, x += step, out += step) {
    total += load<f32>(x);
    store<f32>(out, <f32>total);
  }
}

/** sums += x, out = sums, for one row of `count` columns. */
@inline
function addRow(x: usize, out: usize, sums: usize, count: u32): void {
  const end = sums + (<usize>count << 3);
  for (; sums + 8 < end; sums += 16, x += 8, out += 8) {
    const total = f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(v128.load64_zero(x)));
    v128.store(sums, total);
    v128.store64_lane(out, f32x4.demote_f64x2_zero(total), 0);
  }
  if (sums < end) {
    const total = load<f64>(sums) + load<f32>(x);
    store<f64>(sums, total);
    store<f32>(out, <f32>total);
  }
}
