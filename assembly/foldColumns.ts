/**
 * Folds of adjacent columns, row by row; fold.ts says what a functor F is. The terms of a few rows are added in float32 before they go
 * to the float64 accumulators.
 */
import { accumulators, halves, narrowShifts, shifts } from "./foldScratch";
import { Even, high, low, Odd, storePair, sumOfFour } from "./pairs";
import { isWide } from "./threads";

/** Folds of `columns` adjacent columns over `rows` rows, `stride` bytes apart; columns past a multiple of four land in the padding. */
export function foldColumns<F>(x: usize, rows: u32, stride: usize, columns: u32): void {
  const f = changetype<F>(0), sums = accumulators(), end = sums + (<usize>columns << 3), start = f64x2.splat(f.start());
  for (let s = sums; s < end; s += 32) {
    v128.store(s, start);
    v128.store(s, start, 16);
  }
  if (f.shifted()) demoteShifts(columns);
  if (f.pairwise() >= 8) for (; rows >= 8; rows -= 8, x += stride << 3) addEightRows<F>(x, stride, end);
  for (; rows; rows--, x += stride) {
    for (let s = sums, p = x, c = narrowShifts(); s < end; s += 32, p += 16, c += 16) stepInMemory<F>(s, termOf<F, Even>(p, c));
  }
}

// V8 packs two loads only if they have one address, which is therefore computed once for both vectors of a pair. Four columns are
// left over at the end of a row, and are all that a step takes in narrow kernels.

/** Adds the terms of eight rows to the accumulators, which end at `end`. More rows, a power of two apart, would not fit into the cache. */
@inline
function addEightRows<F>(x: usize, stride: usize, end: usize): void {
  let s = accumulators(), p = x, c = narrowShifts();
  if (isWide()) {
    for (; s + 32 < end; s += 64, p += 32, c += 32) {
      const p1 = p + stride, p2 = p1 + stride, p3 = p2 + stride, p4 = p3 + stride, p5 = p4 + stride, p6 = p5 + stride, p7 = p6 + stride;
      const even = f32x4.add(ofFourRows<F, Even>(p, p1, p2, p3, c), ofFourRows<F, Even>(p4, p5, p6, p7, c));
      const odd = f32x4.add(ofFourRows<F, Odd>(p, p1, p2, p3, c), ofFourRows<F, Odd>(p4, p5, p6, p7, c));
      stepPair<F>(s, even, odd);
    }
  }
  for (; s < end; s += 32, p += 16, c += 16) {
    const p1 = p + stride, p2 = p1 + stride, p3 = p2 + stride, p4 = p3 + stride, p5 = p4 + stride, p6 = p5 + stride;
    stepInMemory<F>(s, f32x4.add(ofFourRows<F, Even>(p, p1, p2, p3, c), ofFourRows<F, Even>(p4, p5, p6, p6 + stride, c)));
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

/** Adds eight terms to eight accumulators in memory. The terms are stored as a pair, from which V8 packs what led there. */
@inline
function stepPair<F>(s: usize, even: v128, odd: v128): void {
  const pair = halves();
  storePair(pair, even, odd);
  stepInMemory<F>(s, v128.load(pair));
  stepInMemory<F>(s + 32, v128.load(pair, 16));
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
