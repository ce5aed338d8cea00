/** What attention's kernels share: the place of tiles in scratch, and what happens to their rows. R is the record of both. */
import { BEHIND_AT } from "../blocks";
import { GemmArgs, gemm } from "../gemm";
import { math } from "../math";
import { DropoutArgs, dropout } from "../random";
import { mapRowWith, Scale } from "../softmax";
import { scratch } from "../threads";

/** Queries and keys of a tile. @host */
export const QUERIES: u32 = 64;
/** Keys of a tile: the block of products and the keys and values that it is made of stay in L2. */
export const KEYS: u32 = 128;
/** The most elements of a query: a block of them has 1 MiB of scratch. @host */
export const MOST_DIM: u32 = 4096;

/** Behind everything that products and folds keep in scratch. */
const TILES_AT: usize = BEHIND_AT + (1 << 17);
const STATISTICS_AT: usize = 512;
const TILE_BYTES: usize = <usize>(QUERIES * KEYS << 2) + 320;

/** The scratch of a block of queries. Tiles are odd multiples of 64 bytes apart. */
@unmanaged
export class Tiles {
  queries: usize; // [QUERIES, dim], multiplied by the scale
  first: usize; // three tiles
  second: usize;
  third: usize;

  @inline private at(i: u32): usize { return changetype<usize>(this) + STATISTICS_AT + (<usize>i << 4); }
  /** The greatest product that row i has seen. */
  @inline maximum(i: u32): f32 { return load<f32>(this.at(i), 8); }
  /** The sum of its exponentials relative to that. */
  @inline sum(i: u32): f64 { return load<f64>(this.at(i)); }
  /** In the gradients, Σ g · out of row i. */
  @inline dot(i: u32): f32 { return load<f32>(this.at(i), 12); }
  @inline setDot(i: u32, value: f32): void { store<f32>(this.at(i), value, 12); }
  @inline start(i: u32): void { this.note(i, -Infinity, 0); }
  @inline note(i: u32, maximum: f32, sum: f64): void {
    store<f64>(this.at(i), sum);
    store<f32>(this.at(i), maximum, 8);
  }
}

/** This thread's tiles. */
export function tiles(): Tiles {
  const t = changetype<Tiles>(scratch() + TILES_AT);
  t.first = changetype<usize>(t) + STATISTICS_AT + (QUERIES << 4) + 64;
  t.second = t.first + TILE_BYTES;
  t.third = t.second + TILE_BYTES;
  t.queries = t.third + TILE_BYTES;
  return t;
}

/** The first element of a head of a sample. */
@inline
export function at(base: usize, batchStride: u32, b: u32, headStride: u32, h: u32): usize {
  return base + ((<usize>batchStride * b + <usize>headStride * h) << 2);
}

/** How many keys the queries before `bottom` see. */
@inline
export function keysEnd<R>(r: R, bottom: u32): u32 {
  return r.causal ? min(r.keys, bottom + r.past) : r.keys;
}

/** How many of `cols` keys from j on a query sees. */
@inline
export function keysSeen<R>(r: R, query: u32, j: u32, cols: u32): u32 {
  if (!r.causal) return cols;
  const end = query + r.past + 1;
  return end <= j ? 0 : min(cols, end - j);
}

/** Copies a block of queries, multiplied by the scale. */
export function scaledQueries<R>(r: R, q: usize, top: u32, rows: u32): void {
  const t = changetype<Tiles>(scratch() + TILES_AT), step = <usize>r.qRow << 2;
  for (let i: u32 = 0; i < rows; i++) mapRowWith<Scale>(q + step * (top + i), 0, t.queries + (<usize>(i * r.dim) << 2), r.dim, r.scale, 0);
}

/** x + y */
@unmanaged
@final
class Plus {
  @inline v(x: v128, y: usize, a: v128, b: v128): v128 { return f32x4.add(x, v128.load(y)); }
}

/** Adds the masks of the first `seen` keys from j on to a row of products. */
export function addMasks<R>(r: R, x: usize, b: u32, h: u32, query: u32, j: u32, seen: u32): void {
  if (r.mask) {
    const mask = at(r.mask, r.maskBatch, b, r.maskHead, h) + ((<usize>r.maskRow * query + j) << 2);
    mapRowWith<Plus>(x, mask, x, seen, 0, 0);
  }
  if (r.padding) mapRowWith<Plus>(x, r.padding + ((<usize>r.keys * b + j) << 2), x, seen, 0, 0);
}

/** C = op(A) · op(B) + beta · C; rows of matrices are `ld` elements apart. */
export function product(
  c: usize, ldc: u32, a: usize, lda: u32, transA: bool, b: usize, ldb: u32, transB: bool, m: u32, n: u32, k: u32, beta: f32,
): void {
  const r = changetype<GemmArgs>(scratch() + TILES_AT + 64);
  r.a = a, r.b = b, r.c = c, r.bias = 0;
  r.m = m, r.n = n, r.k = k, r.batch = 1;
  r.lda = lda, r.ldb = ldb, r.ldc = ldc;
  r.strideA = 0, r.strideB = 0, r.strideC = 0;
  r.transA = transA ? 1 : 0, r.transB = transB ? 1 : 0;
  r.beta = beta, r.act = 0;
  gemm(r, 0, n >= m ? (n + 7) >> 3 : (m + 3) >> 2);
}

/** out = x with some elements dropped and the others divided by 1 − p, for a tile. Element [z, i, j] has a random number of its own. */
export function dropTile<R>(r: R, z: u32, top: u32, j: u32, rows: u32, cols: u32, x: usize, out: usize): void {
  const d = changetype<DropoutArgs>(scratch() + TILES_AT + 256);
  d.p = r.p, d.counter = r.counter, d.key0 = r.key0, d.key1 = r.key1;
  // Rows of all keys follow on each other.
  const together = cols == r.keys ? rows : 1;
  for (let i: u32 = 0; i < rows; i += together) {
    const first = (z * r.length + top + i) * r.keys + j, row = <usize>(i * cols) << 2;
    // The kernel looks for element n at n · 4 behind the beginning.
    d.x = x + row - (<usize>first << 2), d.out = out + row - (<usize>first << 2);
    dropout(d, first, first + cols * together);
  }
}

/** n elements of each row become 0. */
export function zeroRows(x: usize, step: usize, rows: u32, n: u32): void {
  for (let i: u32 = 0; i < rows; i++, x += step) memory.fill(x, 0, <usize>n << 2);
}

/** e^x for x ≤ 0 */
export function exponential(x: f32): f32 {
  return f32x4.extract_lane(math.expOfNegative(f32x4.splat(x)), 0);
}
