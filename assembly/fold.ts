/**
 * Folds a view [outer, reduced, inner] (contiguous, row-major) over its middle axis: the loops of every reduction that must not
 * lose digits. An accumulator is a pair of float64. The methods of a functor F define what is accumulated:
 *
 *   start()                    the value of an empty fold
 *   pairs()                    whether up to sixteen terms may first be added pairwise in float32
 *   shifted()                  whether `term` uses its shift
 *   term(x, y, shift)          four float32 elements x → four float32 terms; y is the address of the same four
 *                              elements of a second row (0 if the fold has none)
 *   step(sum, term, shift)     two float64 accumulators and two terms, widened
 *   merge(a, b)                two accumulators → one
 *
 * Error: where pairs() is true, four roundings of float32 are added to those of float64, |error| ≤ 4·2⁻²⁴·Σ|term|, whatever the
 * length; otherwise only float64 rounds. The order of a fold depends on `reduced` and `inner` only, never on the range.
 *
 * Loads may run up to 12 bytes past a row. Linear memory never ends there, and the extra lanes are masked or land in padding.
 */
import { scratch } from "./threads";

/** @cost 3 + 0.3 * reduced @bytes 4 * (reduced + 1) */
@unmanaged
export class ReduceArgs {
  x: usize; // [outer, reduced, inner]
  out: usize; // [outer, inner]; int32 for argmax and argmin
  reduced: u32; // extent of the reduced axis
  inner: u32; // elements between two neighbours along it
}

/** Outputs folded at a time: their accumulators and shifts fill 16 KiB of scratch, and a row piece is one 4 KiB page. */
export const BLOCK: u32 = 1024;

/** float64 accumulators of a block, and a float64 shift for each; both padded to a multiple of four by BLOCK itself. */
@inline
export function accumulators(): usize {
  return scratch();
}

@inline
export function shifts(): usize {
  return scratch() + (<usize>BLOCK << 3);
}

// The first 0, 1, 2, 3 lanes of four.
const LANES = memory.data<i32>([0, 0, 0, 0, -1, 0, 0, 0, -1, -1, 0, 0, -1, -1, -1, 0]);

/** All bits set in the first `count` of four lanes, count < 4. */
@inline
export function firstLanes(count: usize): v128 {
  return v128.load(LANES + (count << 4));
}

/** Adds four float32 to two float64 sums. */
@inline
export function addPairs(sum: v128, x: v128): v128 {
  return f64x2.add(sum, f64x2.add(low(x), high(x)));
}

@inline
function low(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

@inline
function high(x: v128): v128 {
  return f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 1));
}

/** The number of outputs in the block that begins at `first`: at most BLOCK, none from `to` on, and of one outer index if inner > 1. */
@inline
export function blockLength(first: u32, to: u32, inner: u32): u32 {
  const left = min(to - first, BLOCK);
  return inner == 1 ? left : min(left, inner - (first % inner));
}

/** Byte address of the first element that output `first` reduces. */
@inline
export function lane(x: usize, first: u32, reduced: u32, inner: u32): usize {
  return x + (<usize>((first / inner) * reduced * inner + (first % inner)) << 2);
}

/** accumulators[j] = fold of output first + j, for one block; shifts[j] is its shift. */
export function fold<F>(x: usize, reduced: u32, inner: u32, first: u32, count: u32): void {
  const p = lane(x, first, reduced, inner), sums = accumulators(), shift = shifts();
  if (inner > 1) return foldColumns<F>(p, reduced, <usize>inner << 2, count, sums, shift);
  for (let j: u32 = 0; j < count; j++) {
    store<f64>(sums + (j << 3), foldRow<F>(p + (<usize>(j * reduced) << 2), 0, reduced, load<f64>(shift + (j << 3))));
  }
}

/** Fold of n contiguous elements. */
export function foldRow<F>(x: usize, y: usize, n: u32, shift: f64): f64 {
  const f = changetype<F>(0), narrow = f32x4.splat(<f32>shift), wide = f64x2.splat(shift), toY = y - x;
  let a = f64x2.splat(f.start()), b = a;
  const end = x + (<usize>n << 2), vectors = x + (<usize>(n & ~3) << 2);
  if (f.pairs()) {
    for (const eights = x + (<usize>(n & ~31) << 2); x < eights; x += 128) {
      const y = x + toY;
      const t = f32x4.add(
        f32x4.add(
          f32x4.add(f.term(v128.load(x), y, narrow), f.term(v128.load(x, 16), y + 16, narrow)),
          f32x4.add(f.term(v128.load(x, 32), y + 32, narrow), f.term(v128.load(x, 48), y + 48, narrow)),
        ),
        f32x4.add(
          f32x4.add(f.term(v128.load(x, 64), y + 64, narrow), f.term(v128.load(x, 80), y + 80, narrow)),
          f32x4.add(f.term(v128.load(x, 96), y + 96, narrow), f.term(v128.load(x, 112), y + 112, narrow)),
        ),
      );
      a = f.step(a, low(f32x4.add(t, i64x2.shuffle(t, t, 1, 1))), wide);
    }
  }
  for (; x < vectors; x += 16) {
    const t = f.term(v128.load(x), x + toY, narrow);
    a = f.step(a, low(t), wide);
    b = f.step(b, high(t), wide);
  }
  if (x < end) {
    const t = f.term(v128.load(x), x + toY, narrow), mask = firstLanes((end - x) >> 2);
    a = v128.bitselect(f.step(a, low(t), wide), a, i64x2.extend_low_i32x4_s(mask));
    b = v128.bitselect(f.step(b, high(t), wide), b, i64x2.extend_high_i32x4_s(mask));
  }
  return f.merge(
    f.merge(f64x2.extract_lane(a, 0), f64x2.extract_lane(a, 1)),
    f.merge(f64x2.extract_lane(b, 0), f64x2.extract_lane(b, 1)),
  );
}

/** Folds of `columns` adjacent columns over `rows` rows, `stride` bytes apart; columns past a multiple of four land in the padding. */
function foldColumns<F>(x: usize, rows: u32, stride: usize, columns: u32, sums: usize, shift: usize): void {
  const f = changetype<F>(0), end = sums + (<usize>columns << 3), start = f64x2.splat(f.start());
  for (let s = sums; s < end; s += 32) {
    v128.store(s, start);
    v128.store(s, start, 16);
  }
  if (f.pairs()) {
    for (; rows >= 8; rows -= 8, x += stride << 3) {
      let p = x, c = shift;
      for (let s = sums; s < end; s += 32, p += 16, c += 32) {
        const narrow = narrowed<F>(c);
        const t = f32x4.add(foldFour<F>(p, stride, narrow), foldFour<F>(p + (stride << 2), stride, narrow));
        v128.store(s, f.step(v128.load(s), low(t), start));
        v128.store(s, f.step(v128.load(s, 16), high(t), start), 16);
      }
    }
  }
  for (; rows; rows--, x += stride) {
    let p = x, c = shift;
    for (let s = sums; s < end; s += 32, p += 16, c += 32) {
      const t = f.term(v128.load(p), 0, narrowed<F>(c));
      v128.store(s, f.step(v128.load(s), low(t), f.shifted() ? v128.load(c) : start));
      v128.store(s, f.step(v128.load(s, 16), high(t), f.shifted() ? v128.load(c, 16) : start), 16);
    }
  }
}

/** Pairwise sum of the terms of four rows. */
@inline
function foldFour<F>(p: usize, stride: usize, shift: v128): v128 {
  const f = changetype<F>(0), q = p + (stride << 1);
  return f32x4.add(
    f32x4.add(f.term(v128.load(p), 0, shift), f.term(v128.load(p + stride), 0, shift)),
    f32x4.add(f.term(v128.load(q), 0, shift), f.term(v128.load(q + stride), 0, shift)),
  );
}

/** The shifts of four columns in float32. */
@inline
function narrowed<F>(c: usize): v128 {
  if (!changetype<F>(0).shifted()) return f32x4.splat(0);
  return i64x2.shuffle(f32x4.demote_f64x2_zero(v128.load(c)), f32x4.demote_f64x2_zero(v128.load(c, 16)), 0, 2);
}
