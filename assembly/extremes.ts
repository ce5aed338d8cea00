/**
 * Maxima, minima and their positions in a view [outer, reduced, inner] over its middle axis. Ranges count outputs, of
 * which there are outer · inner. NaN wins over every number; among equals the first position counts.
 */
import { blockLength, firstLanes, lane, ReduceArgs } from "./fold";
import { BLOCK, halves } from "./foldScratch";
import { Even, Odd } from "./pairs";
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
  let a = f32x4.splat(f.start());
  if (n >= 32) {
    // Eight chains, because a pick is a chain of two. In pairs they end in a pair of stores, from which V8 packs them to 256 bits.
    const pair = halves();
    let b = a, c = a, d = a, e = a, g = a, h = a, i = a;
    for (const blocks = x + (<usize>(n & ~31) << 2); x < blocks; x += 128) {
      a = f.pick(a, v128.load(x));
      b = f.pick(b, v128.load(x, 16));
      c = f.pick(c, v128.load(x, 32));
      d = f.pick(d, v128.load(x, 48));
      e = f.pick(e, v128.load(x, 64));
      g = f.pick(g, v128.load(x, 80));
      h = f.pick(h, v128.load(x, 96));
      i = f.pick(i, v128.load(x, 112));
    }
    a = f.pick(f.pick(a, c), f.pick(e, h));
    b = f.pick(f.pick(b, d), f.pick(g, i));
    v128.store(pair, b, 16);
    v128.store(pair, a);
    a = f.pick(v128.load(pair), v128.load(pair, 16));
  }
  for (; x < vectors; x += 16) a = f.pick(a, v128.load(x));
  if (x < end) a = v128.bitselect(f.pick(a, v128.load(x)), a, firstLanes((end - x) >> 2));
  a = f.pick(a, i64x2.shuffle(a, a, 1, 0));
  return f32x4.extract_lane(f.pick(a, i32x4.shuffle(a, a, 1, 0, 3, 2)), 0);
}

/** The extremes of `columns` adjacent columns; columns past a multiple of eight land in the padding. */
function extremesOfColumns<F>(x: usize, rows: u32, stride: usize, columns: u32, out: usize): void {
  const f = changetype<F>(0), end = out + (<usize>columns << 2), start = f32x4.splat(f.start());
  for (let o = out; o < end; o += 32) {
    v128.store(o, start);
    v128.store(o, start, 16);
  }
  for (; rows >= 4; rows -= 4, x += stride << 2) {
    for (let o = out, p = x; o < end; o += 32, p += 32) {
      const p1 = p + stride, p2 = p1 + stride, p3 = p2 + stride;
      const even = pickFour<F, Even>(o, p, p1, p2, p3), odd = pickFour<F, Odd>(o, p, p1, p2, p3);
      v128.store(o, odd, 16);
      v128.store(o, even);
    }
  }
  for (; rows; rows--, x += stride) {
    for (let o = out, p = x; o < end; o += 32, p += 32) {
      const even = f.pick(v128.load(o), v128.load(p)), odd = f.pick(v128.load(o, 16), v128.load(p, 16));
      v128.store(o, odd, 16);
      v128.store(o, even);
    }
  }
}

/** The extremes at o, with those of four rows. */
@inline
function pickFour<F, Which>(o: usize, p0: usize, p1: usize, p2: usize, p3: usize): v128 {
  const f = changetype<F>(0);
  let a = f.pick(v128.load(o, offsetof<Which>()), v128.load(p0, offsetof<Which>()));
  a = f.pick(a, v128.load(p1, offsetof<Which>()));
  a = f.pick(a, v128.load(p2, offsetof<Which>()));
  return f.pick(a, v128.load(p3, offsetof<Which>()));
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
    store<i32>(out + (j << 2), locateInRow(p + (<usize>(j * r.reduced) << 2), r.reduced, load<f32>(extreme + (j << 2))));
  }
}

function locateInRow(x: usize, n: u32, extreme: f32): i32 {
  const value = f32x4.splat(extreme);
  // A NaN equals nothing, and is searched for vector by vector.
  for (let i: u32 = isNaN(extreme) ? 0 : skipWithout(x, n & ~31, value); i < n; i += 4) {
    const found = i32x4.bitmask(hits(v128.load(x + (<usize>i << 2)), value));
    if (found) return i + ctz(found);
  }
  return 0;
}

/** The first of n elements whose block of 32 has `value`; n if none has. */
function skipWithout(x: usize, n: u32, value: v128): u32 {
  const begin = x, end = x + (<usize>n << 2), pair = halves();
  for (; x < end; x += 128) {
    const even = equalInBlock<Even>(x, value), odd = equalInBlock<Odd>(x, value);
    v128.store(pair, odd, 16);
    v128.store(pair, even);
    if (v128.any_true(v128.or(v128.load(pair), v128.load(pair, 16)))) break;
  }
  return <u32>(x - begin) >> 2;
}

/** All bits set in the lanes in which every second vector of eight has `value`. */
@inline
function equalInBlock<Which>(x: usize, value: v128): v128 {
  return v128.or(
    v128.or(f32x4.eq(v128.load(x, offsetof<Which>()), value), f32x4.eq(v128.load(x, offsetof<Which>() + 32), value)),
    v128.or(f32x4.eq(v128.load(x, offsetof<Which>() + 64), value), f32x4.eq(v128.load(x, offsetof<Which>() + 96), value)),
  );
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
    for (let e = extreme; e < end; e += 32, p += 32) {
      const at = e + toPositions;
      const even = v128.bitselect(index, v128.load(at), hits(v128.load(p), v128.load(e)));
      const odd = v128.bitselect(index, v128.load(at, 16), hits(v128.load(p, 16), v128.load(e, 16)));
      v128.store(at, odd, 16);
      v128.store(at, even);
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
