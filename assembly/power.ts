/**
 * x^y of four float32 at a time, computed in float64 as 2^(y · log₂|x|). Signs, zeros, infinities and NaN as in C99.
 *
 * Conversions between float32 and float64 do not pack, but shifts do: see trigonometry.ts.
 */
import { constant } from "./math";
import { madd64 } from "./simd";

const DOUBLES = memory.data<f64>([
  1.5243358003963278e+270, // 0…5: log₂((1 + s)/(1 − s))/s · 2⁸⁹⁶ in s², s ≤ 0.1716, to 2⁻⁴³
  5.0811193356486744e+269,
  3.0486712087841973e+269,
  2.1776790427243668e+269,
  1.6900402033944493e+269,
  1.494601956474509e+269,
  1.892883498916106e-270, // 6…12: 2ᶠ · 2⁻⁸⁹⁶, |f| ≤ 1/2, to 2⁻²⁹
  1.312046907331966e-270,
  4.5472071872643777e-271,
  1.0506125749106056e-271,
  1.8206679154463386e-272,
  2.536450904422205e-273,
  2.904780701167572e-274,
  1.0, // 13
  2.379227053564994e+285, // 14: (2⁵² + 1024) · 2⁸⁹⁶
  128, // 15: 2¹²⁸ overflows float32, 2⁻²⁰⁰ rounds to 0
  -200, // 16
  6755399441056767, // 17: 1.5 · 2⁵² + 1023: adding it rounds to an integer, which the low bits then hold + 1023
  5.282945311356653e+269, // 18: 2⁸⁹⁶
]);

const LONGS = memory.data<u64>([
  0x3fe6a09e667f3bcd, // 0: √½
  0x4000000000000000, // 1: 1024 << 52
  0xfff0000000000000, // 2: sign and exponent
  0x7b30000000000000, // 3: 2⁵² · 2⁸⁹⁶
  0x7ff0000000000000, // 4: ∞
  0, // 5
  0x47f0000000000000, // 6: 2¹²⁸, which is what ∞ is taken for
  0x0000000010000000, // 7: half a unit of what is rounded 29 places further down
]);

const SINGLES = memory.data<u32>([
  0x7fffffff, // 0: all but the sign
  4, // 1: the sign, 29 places further down
  0x3f800000, // 2: 1.0
  0x7f800000, // 3: ∞
  0x3f000000, // 4: 0.5
  0x4b000000, // 5: 2²³
]);

@inline
function double(i: usize): v128 {
  return v128.load64_splat(DOUBLES + 8 * i);
}

@inline
function long(i: usize): v128 {
  return v128.load64_splat(LONGS + 8 * i);
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
    const b = v128.and(y, constant(SINGLES, 0));
    const zero = i32x4.splat(0), minus = v128.and(i32x4.shr_u(y, 29), constant(SINGLES, 1)); // the sign, which goes 29 places up, too
    const low = power.pow2(lower(a, zero), lower(b, minus));
    const high = power.pow2(upper(a, zero), upper(b, minus));
    const size = i32x4.shuffle(low, high, 0, 2, 4, 6);

    const one = constant(SINGLES, 2);
    const infinity = constant(SINGLES, 3);
    const integer = isInteger(b); // true for ±∞
    const odd = v128.andnot(integer, isInteger(f32x4.mul(b, constant(SINGLES, 4))));
    const sign = v128.and(x, i32x4.shl(odd, 31));
    const below = v128.and(f32x4.lt(x, zero), f32x4.lt(a, infinity));
    const unordered = v128.or(f32x4.ne(x, x), f32x4.ne(y, y));
    const invalid = v128.or(v128.andnot(below, integer), unordered);
    const unity = v128.or(
      v128.or(f32x4.eq(y, zero), f32x4.eq(x, one)),
      v128.and(f32x4.eq(a, one), f32x4.eq(b, infinity)),
    );
    return v128.bitselect(one, v128.or(v128.or(size, sign), invalid), unity);
  }

  /** The bits of the float32 a^y in the lower half of each lane, for two float64 2⁻⁸⁹⁶ a ≥ 0 and 2⁻⁸⁹⁶ y. */
  @inline static pow2(a: v128, y: v128): v128 {
    const w = f64x2.mul(y, power.log2(f64x2.mul(a, double(18))));
    const clamped = f64x2.pmax(f64x2.pmin(w, double(15)), double(16));
    const t = f64x2.add(clamped, double(17));
    const f = f64x2.sub(clamped, f64x2.sub(t, double(17)));
    const f2 = f64x2.mul(f, f);
    const high = madd64(f2, double(12), madd64(f, double(11), double(10)));
    const p = madd64(f2, madd64(f2, high, madd64(f, double(9), double(8))), madd64(f, double(7), double(6)));
    return i64x2.shr_u(i64x2.add(f64x2.mul(p, i64x2.shl(t, 52)), long(7)), 29);
  }

  /**
   * 2⁸⁹⁶ log₂ a, log₂ a = e + log₂ m with a = 2ᵉm, m in [√½, √2). log₂ m is a series in s = (m − 1)/(m + 1). The logarithm of 0 is
   * −∞, that of 2¹²⁸ is ∞.
   */
  @inline static log2(a: v128): v128 {
    const t = i64x2.add(i64x2.sub(a, long(0)), long(1)); // (e + 1024) << 52 and something below
    const e = f64x2.sub(v128.or(i64x2.shr_u(t, 52), long(3)), double(14));
    const m = i64x2.add(i64x2.sub(a, v128.and(t, long(2))), long(1));
    const s = f64x2.div(f64x2.sub(m, double(13)), f64x2.add(m, double(13)));
    const z = f64x2.mul(s, s);
    const z2 = f64x2.mul(z, z);
    const high = madd64(z2, madd64(z, double(5), double(4)), madd64(z, double(3), double(2)));
    const p = madd64(z2, high, madd64(z, double(1), double(0)));
    let y = madd64(s, p, e);
    y = f64x2.sub(y, v128.and(f64x2.eq(a, long(5)), long(4)));
    return f64x2.add(y, v128.and(f64x2.eq(a, long(6)), long(4)));
  }
}

/** The lower two of four float32 ≥ 0 as float64, 2⁻⁸⁹⁶ times as large. What `above` holds comes 29 places above their bits. */
@inline
function lower(x: v128, above: v128): v128 {
  return i64x2.shl(i32x4.shuffle(x, above, 0, 4, 1, 5), 29);
}

/** The upper two. */
@inline
function upper(x: v128, above: v128): v128 {
  return i64x2.shl(i32x4.shuffle(x, above, 2, 6, 3, 7), 29);
}

/** Whether x ≥ 0 is an integer. From 2²³ on every number is. */
@inline
function isInteger(x: v128): v128 {
  const most = constant(SINGLES, 5), small = f32x4.pmin(x, most);
  return f32x4.eq(f32x4.sub(f32x4.add(small, most), most), small);
}
