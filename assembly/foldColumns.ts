/**
 * Folds of adjacent columns, row by row; fold.ts says what a functor F is. Sums of a few rows stay in float32, in a strip of memory,
 * and only then go to the float64 accumulators: V8 packs the former, and not the latter.
 */
import { accumulators, narrowShifts, shifts, strip } from "./foldScratch";
import { Even, high, low, Odd, sumOfFour } from "./pairs";

/** Folds of `columns` adjacent columns over `rows` rows, `stride` bytes apart; columns past a multiple of eight land in the padding. */
export function foldColumns<F>(x: usize, rows: u32, stride: usize, columns: u32): void {
  const f = changetype<F>(0), sums = accumulators(), start = f64x2.splat(f.start());
  for (let s = sums, p = strip(), end = sums + (<usize>columns << 3); s < end; s += 32, p += 16) {
    v128.store(s, start);
    v128.store(s, start, 16);
    v128.store(p, f32x4.splat(0));
  }
  if (f.shifted()) demoteShifts(columns);
  if (f.pairwise() == 16) {
    // More rows at a time, a power of two apart, would evict each other from the cache.
    for (; rows >= 16; rows -= 16, x += stride << 4) {
      addEightRows<F>(x, stride, columns);
      addEightRows<F>(x + (stride << 3), stride, columns);
      widenStrip<F>(columns);
    }
    if (rows >= 8) {
      addEightRows<F>(x, stride, columns);
      widenStrip<F>(columns);
      rows -= 8;
      x += stride << 3;
    }
  }
  if (f.pairwise() == 8) {
    for (; rows >= 4; rows -= 4, x += stride << 2) {
      addFourRows<F>(x, stride, columns);
      widenStrip<F>(columns);
    }
  }
  for (; rows; rows--, x += stride) {
    let p = x, c = narrowShifts();
    for (let s = sums, end = sums + (<usize>columns << 3); s < end; s += 32, p += 16, c += 16) {
      const x = v128.load(p);
      stepInMemory<F>(s, f.term(x, x, f.shifted() ? v128.load(c) : x));
    }
  }
}

// V8 packs two loads only if they have one address, which is therefore computed once for both vectors of a pair.

/** strip += the pairwise sums of the terms of four rows. */
function addFourRows<F>(x: usize, stride: usize, columns: u32): void {
  const end = strip() + (<usize>columns << 2);
  for (let s = strip(), p = x, c = narrowShifts(); s < end; s += 32, p += 32, c += 32) {
    const p1 = p + stride, p2 = p1 + stride, p3 = p2 + stride;
    const even = f32x4.add(v128.load(s), ofFourRows<F, Even>(p, p1, p2, p3, c));
    const odd = f32x4.add(v128.load(s, 16), ofFourRows<F, Odd>(p, p1, p2, p3, c));
    v128.store(s, odd, 16);
    v128.store(s, even);
  }
}

/** strip += the pairwise sums of the terms of eight rows. */
function addEightRows<F>(x: usize, stride: usize, columns: u32): void {
  const end = strip() + (<usize>columns << 2);
  for (let s = strip(), p = x, c = narrowShifts(); s < end; s += 32, p += 32, c += 32) {
    const p1 = p + stride, p2 = p1 + stride, p3 = p2 + stride, p4 = p3 + stride, p5 = p4 + stride, p6 = p5 + stride, p7 = p6 + stride;
    const even = f32x4.add(v128.load(s), f32x4.add(ofFourRows<F, Even>(p, p1, p2, p3, c), ofFourRows<F, Even>(p4, p5, p6, p7, c)));
    const odd = f32x4.add(v128.load(s, 16), f32x4.add(ofFourRows<F, Odd>(p, p1, p2, p3, c), ofFourRows<F, Odd>(p4, p5, p6, p7, c)));
    v128.store(s, odd, 16);
    v128.store(s, even);
  }
}

@inline
function ofFourRows<F, Which>(p0: usize, p1: usize, p2: usize, p3: usize, c: usize): v128 {
  return sumOfFour(termOf<F, Which>(p0, c), termOf<F, Which>(p1, c), termOf<F, Which>(p2, c), termOf<F, Which>(p3, c));
}

/** The terms of four columns of a row. */
@inline
function termOf<F, Which>(p: usize, shift: usize): v128 {
  const f = changetype<F>(0), x = v128.load(p, offsetof<Which>());
  return f.term(x, x, f.shifted() ? v128.load(shift, offsetof<Which>()) : x);
}

/** accumulators += strip, and strip = 0. */
function widenStrip<F>(columns: u32): void {
  const end = strip() + (<usize>columns << 2), zero = f32x4.splat(0);
  for (let p = strip(), s = accumulators(); p < end; p += 16, s += 32) {
    stepInMemory<F>(s, v128.load(p));
    v128.store(p, zero);
  }
}

/** Adds four terms to four accumulators in memory. */
@inline
function stepInMemory<F>(s: usize, t: v128): void {
  const f = changetype<F>(0), c = s + (shifts() - accumulators()), none = f64x2.splat(0);
  v128.store(s, f.step(v128.load(s), low(t), f.shifted() ? v128.load(c) : none));
  v128.store(s, f.step(v128.load(s, 16), high(t), f.shifted() ? v128.load(c, 16) : none), 16);
}

function demoteShifts(columns: u32): void {
  const end = narrowShifts() + (<usize>columns << 2);
  for (let c = shifts(), out = narrowShifts(); out < end; c += 32, out += 16) {
    v128.store(out, i64x2.shuffle(f32x4.demote_f64x2_zero(v128.load(c)), f32x4.demote_f64x2_zero(v128.load(c, 16)), 0, 2));
  }
}
