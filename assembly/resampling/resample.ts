/**
 * Elements of an axis as weighted sums of few others: a sparse matrix times x [outer, extent, inner] along its middle axis. The rows of
 * the matrix [count, extent] lie one behind the other, row i from entry starts[i] to starts[i + 1].
 *
 *   out[o, i, j] = Σ weights[t] · x[o, indices[t], j]     over the entries t of row i
 *
 * The gradient of x is the same with the transposed matrix.
 */
import { storeFirst } from "../map";
import { storePair } from "../pairs";
import { madd } from "../simd";

/** @cost 2 + 0.15 * inner * taps @flops 2 * inner * taps @bytes 8 * inner */
@unmanaged
export class ResampleArgs {
  x: usize; // [outer, extent, inner]
  out: usize; // [outer, count, inner]
  starts: usize; // int32 [count + 1], the first entry of each row, and behind them the number of entries
  indices: usize; // int32 [entries], each below extent
  weights: usize; // [entries]
  extent: u32; // elements along the axis
  count: u32; // elements of the result along the axis
  inner: u32; // elements from one to the next along the axis
  taps: u32; // entries of a row, on average
}

/** Range: lines of the result, outer · count. */
export function resample(r: ResampleArgs, from: u32, to: u32): void {
  if (r.inner == 1) return resampleElements(r, from, to);
  const line = <usize>r.inner << 2;
  for (let u = from; u < to; u++) {
    const o = u / r.count, row = r.starts + (<usize>(u - o * r.count) << 2);
    weigh(r, r.x + <usize>o * r.extent * line, row, r.out + line * u, line);
  }
}

/** A line of the result, of the samples that begin at x. */
@inline
function weigh(r: ResampleArgs, x: usize, row: usize, out: usize, line: usize): void {
  const first = <usize>load<i32>(row) << 2, toWeights = r.weights - r.indices;
  const t = r.indices + first, end = r.indices + (<usize>load<i32>(row, 4) << 2), stop = out + line;
  if (t == end) return memory.fill(out, 0, line);
  const x0 = x + <usize>load<u32>(t) * line, w = v128.load32_splat(t + toWeights);
  let p: usize = 0;
  for (; out + 32 <= stop; p += 32, out += 32) {
    let a = f32x4.mul(w, v128.load(x0 + p)), b = f32x4.mul(w, v128.load(x0 + p, 16));
    for (let s = t + 4; s < end; s += 4) {
      const q = x + <usize>load<u32>(s) * line + p, v = v128.load32_splat(s + toWeights);
      a = madd(v, v128.load(q), a);
      b = madd(v, v128.load(q, 16), b);
    }
    storePair(out, a, b);
  }
  for (; out < stop; p += 16, out += 16) {
    let a = f32x4.mul(w, v128.load(x0 + p));
    for (let s = t + 4; s < end; s += 4) a = madd(v128.load32_splat(s + toWeights), v128.load(x + <usize>load<u32>(s) * line + p), a);
    if (stop - out < 16) storeFirst(out, a, stop - out);
    else v128.store(out, a);
  }
}

/** Of single elements. */
function resampleElements(r: ResampleArgs, from: u32, to: u32): void {
  const width = <usize>r.extent << 2, indices = r.indices, toWeights = r.weights - indices;
  const starts = r.starts, last = starts + (<usize>r.count << 2), o = from / r.count;
  let x = r.x + width * o, row = starts + (<usize>(from - o * r.count) << 2), t = indices + (<usize>load<i32>(row) << 2);
  for (let out = r.out + (<usize>from << 2), stop = r.out + (<usize>to << 2); out < stop; out += 4) {
    const end = indices + (<usize>load<i32>(row, 4) << 2);
    let sum: f32 = 0;
    if (t < end) {
      sum = load<f32>(t + toWeights) * load<f32>(x + (<usize>load<u32>(t) << 2));
      for (t += 4; t < end; t += 4) sum += load<f32>(t + toWeights) * load<f32>(x + (<usize>load<u32>(t) << 2));
    }
    store<f32>(out, sum);
    row += 4;
    if (row == last) row = starts, t = indices, x += width;
  }
}
