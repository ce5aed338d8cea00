/**
 * Maxima, minima and their positions in a view [outer, reduced, inner] over its middle axis. Ranges count outputs, of
 * which there are outer · inner. NaN wins over every number; among equals the first position counts.
 */
import { blockLength, firstLanes, lane, ReduceArgs } from "./fold";
import { BLOCK } from "./foldScratch";
import { scratch } from "./threads";

/** −∞ and ∞. They are loaded from memory, because V8 would rebuild an inline constant in every turn of a loop. */
const LIMITS = memory.data<f32>([-Infinity, Infinity]);

// pmax(a, b) = a < b ? b : a keeps a NaN that stands in a; the OR with "b is NaN" (all bits set, itself a NaN) brings in
// one that stands in b. Three instructions, where f32x4.max compiles to eight.

@unmanaged
@final
export class Max {
  @inline start(): f32 { return load<f32>(LIMITS); }
  @inline pick(a: v128, b: v128): v128 { return v128.or(f32x4.pmax(a, b), f32x4.ne(b, b)); }
}

@unmanaged
@final
class Min {
  @inline start(): f32 { return load<f32>(LIMITS, 4); }
  @inline pick(a: v128, b: v128): v128 { return v128.or(f32x4.pmin(a, b), f32x4.ne(b, b)); }
}

@unmanaged
@final
export class MaxAbs {
  @inline start(): f32 { return 0; }
  @inline pick(a: v128, b: v128): v128 {
    const c = f32x4.abs(b);
    return v128.or(f32x4.pmax(a, c), f32x4.ne(c, c));
  }
}

/** scratch[j] = the float32 extreme of output first + j, for one block of at most BLOCK outputs. */
export function extremes<F>(x: usize, reduced: u32, inner: u32, first: u32, count: u32): void {
  const p = lane(x, first, reduced, inner), out = scratch();
  if (inner > 1) return extremesOfColumns<F>(p, reduced, <usize>inner << 2, count, out);
  for (let j: u32 = 0; j < count; j++) store<f32>(out + (j << 2), extremeOfRow<F>(p + (<usize>(j * reduced) << 2), reduced));
}

export function extremeOfRow<F>(x: usize, n: u32): f32 {
  const f = changetype<F>(0), end = x + (<usize>n << 2), vectors = x + (<usize>(n & ~3) << 2);
  let a = f32x4.splat(f.start()), b = a, c = a, d = a;
  for (const fours = x + (<usize>(n & ~15) << 2); x < fours; x += 64) {
    a = f.pick(a, v128.load(x));
    b = f.pick(b, v128.load(x, 16));
    c = f.pick(c, v128.load(x, 32));
    d = f.pick(d, v128.load(x, 48));
  }
  a = f.pick(f.pick(a, b), f.pick(c, d));
  for (; x < vectors; x += 16) a = f.pick(a, v128.load(x));
  if (x < end) a = v128.bitselect(f.pick(a, v128.load(x)), a, firstLanes((end - x) >> 2));
  a = f.pick(a, i64x2.shuffle(a, a, 1, 0));
  return f32x4.extract_lane(f.pick(a, i32x4.shuffle(a, a, 1, 0, 3, 2)), 0);
}

function extremesOfColumns<F>(x: usize, rows: u32, stride: usize, columns: u32, out: usize): void {
  const f = changetype<F>(0), end = out + (<usize>columns << 2), start = f32x4.splat(f.start());
  for (let o = out; o < end; o += 16) v128.store(o, start);
  for (; rows >= 4; rows -= 4, x += stride << 2) {
    let p = x;
    for (let o = out; o < end; o += 16, p += 16) {
      const q = p + (stride << 1);
      let a = f.pick(v128.load(o), v128.load(p));
      a = f.pick(a, v128.load(p + stride));
      a = f.pick(a, v128.load(q));
      v128.store(o, f.pick(a, v128.load(q + stride)));
    }
  }
  for (; rows; rows--, x += stride) {
    let p = x;
    for (let o = out; o < end; o += 16, p += 16) v128.store(o, f.pick(v128.load(o), v128.load(p)));
  }
}

@inline
function values<F>(r: ReduceArgs, from: u32, to: u32): void {
  for (let first = from, count: u32 = 0; first < to; first += count) {
    count = blockLength(first, to, r.inner);
    extremes<F>(r.x, r.reduced, r.inner, first, count);
    memory.copy(r.out + (<usize>first << 2), scratch(), <usize>count << 2);
  }
}

/** Maximum; range: outputs. */
export function max(r: ReduceArgs, from: u32, to: u32): void {
  values<Max>(r, from, to);
}

/** Minimum; range: outputs. */
export function min(r: ReduceArgs, from: u32, to: u32): void {
  values<Min>(r, from, to);
}

/** Finds the extreme first and its position in a second pass: two plain passes are faster than one that carries positions along. */
@inline
function positions<F>(r: ReduceArgs, from: u32, to: u32): void {
  for (let first = from, count: u32 = 0; first < to; first += count) {
    count = blockLength(first, to, r.inner);
    extremes<F>(r.x, r.reduced, r.inner, first, count);
    locate(r, first, count, scratch());
  }
}

/** All bits set in the lanes of x that hold the extreme or a NaN. (The extreme of a row with a NaN is NaN, which equals nothing.) */
@inline
function hits(x: v128, extreme: v128): v128 {
  return v128.or(f32x4.eq(x, extreme), f32x4.ne(x, x));
}

function locate(r: ReduceArgs, first: u32, count: u32, extreme: usize): void {
  const out = r.out + (<usize>first << 2), p = lane(r.x, first, r.reduced, r.inner);
  if (r.inner > 1) return locateInColumns(p, r.reduced, <usize>r.inner << 2, count, extreme, out);
  for (let j: u32 = 0; j < count; j++) {
    store<i32>(out + (j << 2), locateInRow(p + (<usize>(j * r.reduced) << 2), r.reduced, v128.load32_splat(extreme + (j << 2))));
  }
}

function locateInRow(x: usize, n: u32, extreme: v128): i32 {
  for (let i: u32 = 0; i < n; i += 4) {
    const found = i32x4.bitmask(hits(v128.load(x + (<usize>i << 2)), extreme));
    if (found) return i + ctz(found);
  }
  return 0;
}

/**
 * Writes to `out` the row in which each of `columns` adjacent columns has its extreme. Goes from the last row to the first, so that
 * of equals the first row remains. The positions lie behind the extremes in scratch until then.
 */
function locateInColumns(x: usize, rows: u32, stride: usize, columns: u32, extreme: usize, out: usize): void {
  const end = extreme + (<usize>columns << 2), toPositions = <usize>BLOCK << 2;
  x += stride * rows;
  for (let i = <i32>rows - 1; i >= 0; i--) {
    const index = i32x4.splat(i);
    x -= stride;
    let p = x;
    for (let e = extreme; e < end; e += 16, p += 16) {
      const at = e + toPositions;
      v128.store(at, v128.bitselect(index, v128.load(at), hits(v128.load(p), v128.load(e))));
    }
  }
  memory.copy(out, extreme + toPositions, <usize>columns << 2);
}

/** int32 position of the maximum; range: outputs. */
export function argmax(r: ReduceArgs, from: u32, to: u32): void {
  positions<Max>(r, from, to);
}

/** int32 position of the minimum; range: outputs. */
export function argmin(r: ReduceArgs, from: u32, to: u32): void {
  positions<Min>(r, from, to);
}
