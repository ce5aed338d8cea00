/** x^y of four float32 at a time, computed in float64 as 2^(y · log₂|x|). Signs, zeros, infinities and NaN as in C99. */
import { constant } from "./math";

const DOUBLES = memory.data<f64>([
  2.8853900817778494, // 0…5: log₂((1 + s)/(1 − s))/s in s², s ≤ 0.1716, to 2⁻⁴³
  0.96179669411414944,
  0.57707794215293574,
  0.412209272362341,
  0.31990492117368704,
  0.28291073792900906,
  1.0000000005543217, // 6…12: 2ᶠ, |f| ≤ 1/2, to 2⁻²⁹
  0.69314720573694055,
  0.24022646889725616,
  0.055503287766763235,
  0.0096184890274447245,
  0.001339993141300363,
  0.00015345797585752515,
  1.0, // 13
  4503599627371520, // 14: 2⁵² + 1024
  200, // 15: 2²⁰⁰ overflows float32, 2⁻²⁰⁰ rounds to 0
  -200, // 16
  6755399441056767, // 17: 1.5 · 2⁵² + 1023: adding it rounds to an integer, which the low bits then hold + 1023
]);

const LONGS = memory.data<u64>([
  0x3fe6a09e667f3bcd, // 0: √½
  0x4000000000000000, // 1: 1024 << 52
  0xfff0000000000000, // 2: sign and exponent
  0x4330000000000000, // 3: 2⁵²
  0x7ff0000000000000, // 4: ∞
  0, // 5
]);

const SINGLES = memory.data<u32>([
  0x7fffffff, // 0: all but the sign
  0x80000000, // 1: sign
  0x3f800000, // 2: 1.0
  0x7f800000, // 3: ∞
  0x3f000000, // 4: 0.5
  0, // 5
]);

@inline
function double(i: usize): v128 {
  return v128.load64_splat(DOUBLES + 8 * i);
}

@inline
function long(i: usize): v128 {
  return v128.load64_splat(LONGS + 8 * i);
}

@inline
function fma(a: v128, b: v128, c: v128): v128 {
  return f64x2.add(f64x2.mul(a, b), c);
}

export abstract class power {
  /**
   * x^y. Error at most 0.54 ulp.
   *
   *     y = 0 → 1    x = 1 → 1    |x| = 1, |y| = ∞ → 1    otherwise NaN in either → NaN
   *     x < 0, y odd → −|x|^y;    y even or infinite → |x|^y;    y not an integer → NaN, but for x = −∞ and x = −0 |x|^y
   */
  @inline static pow(x: v128, y: v128): v128 {
    const a = v128.and(x, constant(SINGLES, 0));
    const low = power.pow2(f64x2.promote_low_f32x4(a), f64x2.promote_low_f32x4(y));
    const high = power.pow2(
      f64x2.promote_low_f32x4(i32x4.shuffle(a, a, 2, 3, 2, 3)),
      f64x2.promote_low_f32x4(i32x4.shuffle(y, y, 2, 3, 2, 3)),
    );
    const size = i32x4.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);

    const one = constant(SINGLES, 2);
    const infinity = constant(SINGLES, 3);
    const zero = constant(SINGLES, 5);
    const integer = f32x4.eq(f32x4.trunc(y), y); // true for ±∞
    const half = f32x4.mul(y, constant(SINGLES, 4));
    const odd = v128.andnot(integer, f32x4.eq(f32x4.trunc(half), half));
    const sign = v128.and(v128.and(x, odd), constant(SINGLES, 1));
    const below = v128.and(f32x4.lt(x, zero), f32x4.lt(a, infinity));
    const unordered = v128.or(f32x4.ne(x, x), f32x4.ne(y, y));
    const invalid = v128.or(v128.andnot(below, integer), unordered);
    const unity = v128.or(
      v128.or(f32x4.eq(y, zero), f32x4.eq(x, one)),
      v128.and(f32x4.eq(a, one), f32x4.eq(v128.and(y, constant(SINGLES, 0)), infinity)),
    );
    return v128.bitselect(one, v128.or(v128.or(size, sign), invalid), unity);
  }

  /** a^y for two float64 a ≥ 0 that come from float32 (so none is denormal). */
  @inline static pow2(a: v128, y: v128): v128 {
    const w = f64x2.mul(y, power.log2(a));
    const clamped = f64x2.pmax(f64x2.pmin(w, double(15)), double(16));
    const t = f64x2.add(clamped, double(17));
    const f = f64x2.sub(clamped, f64x2.sub(t, double(17)));
    let p = fma(f, double(12), double(11));
    p = fma(f, p, double(10));
    p = fma(f, p, double(9));
    p = fma(f, p, double(8));
    p = fma(f, p, double(7));
    p = fma(f, p, double(6));
    return f64x2.mul(p, i64x2.shl(t, 52));
  }

  /** log₂ a = e + log₂ m with a = 2ᵉm, m in [√½, √2). log₂ m is a series in s = (m − 1)/(m + 1). */
  @inline static log2(a: v128): v128 {
    const t = i64x2.add(i64x2.sub(a, long(0)), long(1)); // (e + 1024) << 52 and something below
    const e = f64x2.sub(v128.or(i64x2.shr_u(t, 52), long(3)), double(14));
    const m = i64x2.add(i64x2.sub(a, v128.and(t, long(2))), long(1));
    const s = f64x2.div(f64x2.sub(m, double(13)), f64x2.add(m, double(13)));
    const z = f64x2.mul(s, s);
    let p = fma(z, double(5), double(4));
    p = fma(z, p, double(3));
    p = fma(z, p, double(2));
    p = fma(z, p, double(1));
    p = fma(z, p, double(0));
    let y = fma(s, p, e);
    y = f64x2.sub(y, v128.and(f64x2.eq(a, long(5)), long(4)));
    return f64x2.add(y, v128.and(f64x2.eq(a, long(4)), long(4)));
  }
}
