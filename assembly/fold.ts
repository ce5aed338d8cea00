/**
 * Folds a view [outer, reduced, inner] (contiguous, row-major) over its middle axis: the loops of every reduction that must not
 * lose digits. An accumulator is a pair of float64. The methods of a functor F define what is accumulated:
 *
 *   start()                    the value of an empty fold
 *   pairwise()                 how many terms may first be added pairwise in float32: 16, or 8 where a term is long code, or 1
 *   two()                      whether `term` uses y
 *   shifted()                  whether `term` or `step` uses its shift
 *   term(x, y, shift)          four float32 elements x, and y of a second row → four float32 terms
 *   step(sum, term, shift)     two float64 accumulators and two terms, widened
 *   merge(a, b)                two accumulators → one
 *
 * Error: where terms are added pairwise, at most four roundings of float32 are added to those of float64, |error| ≤ 4·2⁻²⁴·Σ|term|,
 * whatever the length; otherwise only float64 rounds. The order of a fold depends on `reduced` and `inner` only, never on the range.
 *
 * V8 packs pairs of float32 vectors to 256 bits where both end in one pair of stores; it packs nothing that widens to float64. So the
 * even vectors of a row are added pairwise, and the odd ones beside them; both sums are stored, and read again for the rest.
 *
 * Loads may run up to 28 bytes past a row. Linear memory never ends there, and the extra lanes are masked or land in padding.
 */
import { foldColumns } from "./foldColumns";
import { accumulators, BLOCK, halves, shifts } from "./foldScratch";
import { Even, high, low, Odd, storePair, sumOfEight, sumOfFour } from "./pairs";
import { isWide } from "./threads";

/** @cost 3 + 0.3 * reduced @bytes 4 * (reduced + 1) */
@unmanaged
export class ReduceArgs {
  x: usize; // [outer, reduced, inner]
  out: usize; // [outer, inner]; int32 for argmax and argmin
  reduced: u32; // extent of the reduced axis
  inner: u32; // elements between two neighbours along it
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
  if (inner > 1) return foldColumns<F>(p, reduced, <usize>inner << 2, count);
  for (let j: u32 = 0; j < count; j++) {
    store<f64>(sums + (j << 3), foldRow<F>(p + (<usize>(j * reduced) << 2), 0, reduced, load<f64>(shift + (j << 3))));
  }
}

/** Fold of n contiguous elements at x, and at y if F takes two rows. */
export function foldRow<F>(x: usize, y: usize, n: u32, shift: f64): f64 {
  const f = changetype<F>(0), narrow = f32x4.splat(<f32>shift), wide = f64x2.splat(shift), together = isWide();
  // The second row is left alone where there is none.
  const toY = f.two() ? y - x : 0;
  let a = f64x2.splat(f.start()), b = a;
  const end = x + (<usize>n << 2), vectors = x + (<usize>(n & ~3) << 2);
  if (f.pairwise() == 16) {
    for (const blocks = x + (<usize>(n & ~63) << 2); x < blocks; x += 256) {
      const t = sumOfPair(eightOfRow<F, Even>(x, x + toY, narrow), eightOfRow<F, Odd>(x, x + toY, narrow), together);
      a = f.step(a, low(t), wide);
      b = f.step(b, high(t), wide);
    }
  }
  if (f.pairwise() >= 8) {
    for (const blocks = vectors - ((vectors - x) & 112); x < blocks; x += 128) {
      const t = sumOfPair(fourOfRow<F, Even>(x, x + toY, narrow), fourOfRow<F, Odd>(x, x + toY, narrow), together);
      a = f.step(a, low(t), wide);
      b = f.step(b, high(t), wide);
    }
  }
  for (; x < vectors; x += 16) {
    const t = f.term(v128.load(x), v128.load(x + toY), narrow);
    a = f.step(a, low(t), wide);
    b = f.step(b, high(t), wide);
  }
  if (x < end) {
    const t = f.term(v128.load(x), v128.load(x + toY), narrow), mask = firstLanes((end - x) >> 2);
    a = v128.bitselect(f.step(a, low(t), wide), a, i64x2.extend_low_i32x4_s(mask));
    b = v128.bitselect(f.step(b, high(t), wide), b, i64x2.extend_high_i32x4_s(mask));
  }
  return f.merge(
    f.merge(f64x2.extract_lane(a, 0), f64x2.extract_lane(a, 1)),
    f.merge(f64x2.extract_lane(b, 0), f64x2.extract_lane(b, 1)),
  );
}

/** The sum of two vectors that are computed together if kernels are wide: stored in one pair, from which V8 packs what led there. */
@inline
function sumOfPair(even: v128, odd: v128, together: bool): v128 {
  if (!together) return f32x4.add(even, odd);
  const pair = halves();
  storePair(pair, even, odd);
  return f32x4.add(v128.load(pair), v128.load(pair, 16));
}

/** Pairwise sum of the terms of every second vector of eight. */
@inline
function fourOfRow<F, Which>(x: usize, y: usize, shift: v128): v128 {
  const f = changetype<F>(0);
  return sumOfFour(
    f.term(v128.load(x, offsetof<Which>()), v128.load(y, offsetof<Which>()), shift),
    f.term(v128.load(x, offsetof<Which>() + 32), v128.load(y, offsetof<Which>() + 32), shift),
    f.term(v128.load(x, offsetof<Which>() + 64), v128.load(y, offsetof<Which>() + 64), shift),
    f.term(v128.load(x, offsetof<Which>() + 96), v128.load(y, offsetof<Which>() + 96), shift),
  );
}

/** Pairwise sum of the terms of every second vector of sixteen. */
@inline
function eightOfRow<F, Which>(x: usize, y: usize, shift: v128): v128 {
  const f = changetype<F>(0);
  return sumOfEight(
    f.term(v128.load(x, offsetof<Which>()), v128.load(y, offsetof<Which>()), shift),
    f.term(v128.load(x, offsetof<Which>() + 32), v128.load(y, offsetof<Which>() + 32), shift),
    f.term(v128.load(x, offsetof<Which>() + 64), v128.load(y, offsetof<Which>() + 64), shift),
    f.term(v128.load(x, offsetof<Which>() + 96), v128.load(y, offsetof<Which>() + 96), shift),
    f.term(v128.load(x, offsetof<Which>() + 128), v128.load(y, offsetof<Which>() + 128), shift),
    f.term(v128.load(x, offsetof<Which>() + 160), v128.load(y, offsetof<Which>() + 160), shift),
    f.term(v128.load(x, offsetof<Which>() + 192), v128.load(y, offsetof<Which>() + 192), shift),
    f.term(v128.load(x, offsetof<Which>() + 224), v128.load(y, offsetof<Which>() + 224), shift),
  );
}
