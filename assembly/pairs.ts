/** Pairs of float32 vectors, which V8 packs to 256 bits, and of float64, which a float32 vector is widened to. */

/** The first vector of a pair: `offsetof` is its offset, which must be a constant, since V8 packs loads of one address only. */
@unmanaged
export class Even {}

/** The second vector of a pair. */
@unmanaged
export class Odd {
  first: u64;
  second: u64;
}

/** Stores a pair. V8 counts a wide store as gain only where the second vector is stored first. */
@inline
export function storePair(out: usize, even: v128, odd: v128): void {
  v128.store(out, odd, 16);
  v128.store(out, even);
}

/** The first two of four float32. */
@inline
export function low(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

/** The last two of four float32. */
@inline
export function high(x: v128): v128 {
  return f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 1));
}

/** Pairwise sum of four vectors. */
@inline
export function sumOfFour(a: v128, b: v128, c: v128, d: v128): v128 {
  return f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
}

/** Pairwise sum of eight vectors. */
@inline
export function sumOfEight(a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128, h: v128): v128 {
  return f32x4.add(sumOfFour(a, b, c, d), sumOfFour(e, f, g, h));
}
