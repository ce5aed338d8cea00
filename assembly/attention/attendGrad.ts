/**
 * The gradients of attention by tiles. With the weights P = exp(scale · q · kᵀ + masks − logSums), what dropout leaves of them, P′, and
 * D = Σ g · out along each row:
 *
 *     dv = P′ᵀ · g,   dP = dropout(g · vᵀ),   dS = P · (dP − D),   dk = scale · dSᵀ · q,   dq = scale · dS · k
 *
 * One unit is a head: dk and dv grow from block to block of queries, in one order.
 */
import { foldRow } from "../fold";
import { math } from "../math";
import { Dot, mapRowWith, Scale, SoftmaxGrad } from "../softmax";
import { AttendArgs } from "./attend";
import { addMasks, at, dropTile, KEYS, keysEnd, keysSeen, product, QUERIES, scaledQueries, Tiles, tiles, zeroRows } from "./tiles";

/**
 * The range counts heads of all samples.
 * @cost length * keys * (0.02 * (3 * dim + 2 * width) + 1.3)
 * @flops 2 * length * keys * (3 * dim + 2 * width)
 * @bytes 8 * (length * (dim + width) + keys * (dim + width))
 */
export function attendGrad(r: AttendArgs, from: u32, to: u32): void {
  for (let z = from; z < to; z++) {
    const b = z / r.heads, h = z - b * r.heads;
    for (let top: u32 = 0; top < r.length; top += QUERIES) block(r, z, b, h, top);
    if (r.length == 0) clear(r, b, h, 0);
  }
}

/** What the queries from `top` on contribute. */
function block(r: AttendArgs, z: u32, b: u32, h: u32, top: u32): void {
  const t = tiles(), rows = min(QUERIES, r.length - top), dim = r.dim, width = r.width, end = keysEnd<AttendArgs>(r, top + rows);
  const k = at(r.k, r.kBatch, b, r.kHead, h), v = at(r.v, r.vBatch, b, r.vHead, h);
  const toOut = at(0, r.outBatch, b, r.outHead, h) + (<usize>r.outRow * top << 2), g = r.g + toOut, outRow = <usize>r.outRow << 2;
  const dk = at(r.dk, r.kBatch, b, r.kHead, h), dv = at(r.dv, r.vBatch, b, r.vHead, h);
  const dq = at(r.dq, r.qBatch, b, r.qHead, h) + (<usize>r.qRow * top << 2), qRow = <usize>r.qRow << 2;
  const beta: f32 = top > 0 ? 1 : 0;
  scaledQueries<AttendArgs>(r, at(r.q, r.qBatch, b, r.qHead, h), top, rows);
  for (let i: u32 = 0; i < rows; i++) t.setDot(i, <f32>foldRow<Dot>(g + outRow * i, r.out + toOut + outRow * i, width, 0));
  if (top == 0) clear(r, b, h, end);
  if (r.dq && end == 0) zeroRows(dq, qRow, rows, dim);
  for (let j: u32 = 0; j < end; j += KEYS) {
    const cols = min(KEYS, end - j), toKey = <usize>r.kRow * j << 2, toValue = <usize>r.vRow * j << 2;
    product(t.first, cols, t.queries, dim, false, k + toKey, r.kRow, true, rows, cols, dim, 0);
    weigh(r, t, z, b, h, top, j, rows, cols);
    let left = t.first;
    if (r.p) dropTile<AttendArgs>(r, z, top, j, rows, cols, t.first, left = t.third);
    if (r.dv) product(dv + toValue, r.vRow, left, cols, true, g, r.outRow, false, cols, width, rows, beta);
    if (!r.dq && !r.dk) continue;
    product(t.second, cols, g, r.outRow, false, v + toValue, r.vRow, true, rows, cols, width, 0);
    if (r.p) dropTile<AttendArgs>(r, z, top, j, rows, cols, t.second, t.second);
    for (let i: u32 = 0; i < rows; i++) {
      const row = <usize>(i * cols) << 2;
      mapRowWith<SoftmaxGrad>(t.first + row, t.second + row, t.first + row, cols, t.dot(i), 0);
    }
    if (r.dk) product(dk + toKey, r.kRow, t.first, cols, true, t.queries, dim, false, cols, dim, rows, beta);
    if (r.dq) product(dq, r.qRow, t.first, cols, false, k + toKey, r.kRow, false, rows, dim, cols, j > 0 ? 1 : 0);
  }
  if (r.dq) for (let i: u32 = 0; i < rows; i++) mapRowWith<Scale>(dq + qRow * i, 0, dq + qRow * i, dim, r.scale, 0);
}

/** exp(x − a), where a is at least x but for rounding */
@unmanaged
@final
class Weight {
  @inline v(x: v128, y: usize, a: v128, b: v128): v128 { return math.expOfNegative(f32x4.sub(x, a)); }
}

/** The weights of a tile, from its products. */
function weigh(r: AttendArgs, t: Tiles, z: u32, b: u32, h: u32, top: u32, j: u32, rows: u32, cols: u32): void {
  const logSums = r.logSums + (<usize>(z * r.length + top) << 2);
  for (let i: u32 = 0; i < rows; i++) {
    const x = t.first + (<usize>(i * cols) << 2), seen = keysSeen<AttendArgs>(r, top + i, j, cols);
    if (seen < cols) memory.fill(x + (<usize>seen << 2), 0, <usize>(cols - seen) << 2);
    addMasks<AttendArgs>(r, x, b, h, top + i, j, seen);
    mapRowWith<Weight>(x, 0, x, seen, load<f32>(logSums + (<usize>i << 2)), 0);
  }
}

/** The gradients of keys and values from the one at `from` on become 0. */
function clear(r: AttendArgs, b: u32, h: u32, from: u32): void {
  const left = r.keys - from;
  if (r.dk) zeroRows(at(r.dk, r.kBatch, b, r.kHead, h) + (<usize>r.kRow * from << 2), <usize>r.kRow << 2, left, r.dim);
  if (r.dv) zeroRows(at(r.dv, r.vBatch, b, r.vHead, h) + (<usize>r.vRow * from << 2), <usize>r.vRow << 2, left, r.width);
}
