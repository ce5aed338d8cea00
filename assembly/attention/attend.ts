/**
 * Attention by tiles: out = dropout(softmax(scale · q · kᵀ + mask + padding)) · v for each head (Dao et al., arXiv 2205.14135). The weights
 * exist as one tile of QUERIES × KEYS at a time. Going along the keys, each row keeps the maximum and the sum of what it has seen, and what
 * stands in `out` shrinks when a greater maximum comes. Of all that, the gradients need the logarithm of each row's sum: from it they
 * compute every tile again (attendGrad.ts).
 *
 * Tiles do not depend on the range, so that the bits do not.
 */
import { extremeOfRow, Max } from "../extremes";
import { logOf } from "../reduce";
import { mapRowWith, Scale, storeExp } from "../softmax";
import { addMasks, at, dropTile, exponential, KEYS, keysEnd, keysSeen, product, QUERIES, scaledQueries, Tiles, tiles, zeroRows } from "./tiles";

/**
 * Both ways. A matrix begins at batch · …Batch + head · …Head, its rows are …Row apart, all in elements.
 * @flops 2 * (length < 64 ? length : 64) * keys * (dim + width)
 * @bytes 4 * (length < 64 ? length : 64) * (dim + width) + 4 * keys * (dim + width)
 */
@unmanaged
export class AttendArgs {
  q: usize; // queries, [length, dim] for each head
  k: usize; // keys, [keys, dim]
  v: usize; // values, [keys, width]
  out: usize; // [length, width]
  mask: usize; // added, [length, keys]; 0 = none
  padding: usize; // added, [batch, keys]; 0 = none
  logSums: usize; // [batch, heads, length], logarithms of the sums of rows
  g: usize; // gradient of out, and as out
  dq: usize; // gradient of q, as q; 0 = not wanted
  dk: usize; // gradient of k, as k; 0 = not wanted
  dv: usize; // gradient of v, as v; 0 = not wanted
  p: usize; // cell: f64 probability of dropping; 0 = no dropout
  counter: usize; // cell: u64 stream counter
  key0: u32; // key of dropout, low word
  key1: u32; // key of dropout, high word
  batch: u32; // samples
  heads: u32; // heads of a sample
  length: u32; // queries
  keys: u32; // keys and values
  dim: u32; // elements of a query and of a key
  width: u32; // elements of a value
  qBatch: u32;
  qHead: u32;
  qRow: u32;
  kBatch: u32;
  kHead: u32;
  kRow: u32;
  vBatch: u32;
  vHead: u32;
  vRow: u32;
  outBatch: u32;
  outHead: u32;
  outRow: u32;
  maskBatch: u32;
  maskHead: u32;
  maskRow: u32;
  causal: u32; // 1 = query i sees the keys 0 … i + past only
  past: u32; // keys that stand before the first query
  scale: f32; // of products of queries and keys
}

/** The range counts blocks of QUERIES queries, head after head. @cost keys * (1.2 * (dim + width) + 50) @even */
export function attend(r: AttendArgs, from: u32, to: u32): void {
  const blocks = (r.length + QUERIES - 1) / QUERIES;
  for (let unit = from; unit < to; unit++) {
    const z = unit / blocks;
    block(r, z, (unit - z * blocks) * QUERIES);
  }
}

/** The queries from `top` on, in head z. */
function block(r: AttendArgs, z: u32, top: u32): void {
  const t = tiles(), rows = min(QUERIES, r.length - top), width = r.width, end = keysEnd<AttendArgs>(r, top + rows);
  const b = z / r.heads, h = z - b * r.heads;
  const k = at(r.k, r.kBatch, b, r.kHead, h), v = at(r.v, r.vBatch, b, r.vHead, h);
  const out = at(r.out, r.outBatch, b, r.outHead, h) + (<usize>r.outRow * top << 2), outRow = <usize>r.outRow << 2;
  scaledQueries<AttendArgs>(r, at(r.q, r.qBatch, b, r.qHead, h), top, rows);
  for (let i: u32 = 0; i < rows; i++) t.start(i);
  if (end == 0) zeroRows(out, outRow, rows, width);
  for (let j: u32 = 0; j < end; j += KEYS) {
    const cols = min(KEYS, end - j), step = <usize>cols << 2;
    product(t.first, cols, t.queries, r.dim, false, k + (<usize>r.kRow * j << 2), r.kRow, true, rows, cols, r.dim, 0);
    for (let i: u32 = 0; i < rows; i++) {
      const shrink = weigh(r, t, i, t.first + step * i, b, h, top + i, j, cols);
      if (shrink != 1 && j > 0) mapRowWith<Scale>(out + outRow * i, 0, out + outRow * i, width, shrink, 0);
    }
    if (r.p) dropTile<AttendArgs>(r, z, top, j, rows, cols, t.first, t.first);
    product(out, r.outRow, t.first, cols, false, v + (<usize>r.vRow * j << 2), r.vRow, false, rows, width, cols, j > 0 ? 1 : 0);
  }
  const logSums = r.logSums + (<usize>(z * r.length + top) << 2);
  for (let i: u32 = 0; i < rows; i++) {
    const sum = t.sum(i), row = out + outRow * i;
    // A row that has seen nothing is 0 already. Its logarithm makes every weight of the gradients 0.
    if (sum != 0) mapRowWith<Scale>(row, 0, row, width, <f32>(1 / sum), 0);
    store<f32>(logSums + (<usize>i << 2), sum != 0 ? t.maximum(i) + logOf(sum) : Infinity);
  }
}

/**
 * Turns row i of a tile of products into exponentials relative to the row's maximum so far.
 * @returns by what the earlier ones shrink
 */
function weigh(r: AttendArgs, t: Tiles, i: u32, x: usize, b: u32, h: u32, query: u32, j: u32, cols: u32): f32 {
  const seen = keysSeen<AttendArgs>(r, query, j, cols), before = t.maximum(i);
  if (seen < cols) memory.fill(x + (<usize>seen << 2), 0, <usize>(cols - seen) << 2);
  addMasks<AttendArgs>(r, x, b, h, query, j, seen);
  const maximum = max(before, extremeOfRow<Max>(x, seen));
  if (maximum == -Infinity) {
    memory.fill(x, 0, <usize>seen << 2);
    return 1;
  }
  const shrink: f32 = before == maximum ? 1 : before == -Infinity ? 0 : exponential(before - maximum);
  t.note(i, maximum, t.sum(i) * shrink + storeExp(x, x, seen, maximum));
  return shrink;
}
