/**
 * Sine and cosine of four float32 at a time, over the whole range: x = n · π/2 + r, |r| ≤ π/4. Where |x| < 2²⁰, r is computed in
 * float64 with π/2 in two parts. Beyond, it is computed from those bits of 2/π that matter (Payne and Hanek, "Radian reduction
 * for trigonometric functions", 1983).
 */
import { constant } from "./math";
import { madd, nmadd } from "./simd";
import { scratch } from "./threads";

const REDUCE = memory.data<f64>([
  0.6366197723675814, // 0: 2/π
  6755399441055744, // 1: 1.5 · 2⁵²: adding it rounds to an integer, which the low bits then hold
  1.5707963267341256, // 2: π/2, upper 33 bits: n · this is exact for n < 2²⁰
  6.077100506506192e-11, // 3: π/2, rest
]);

/** Eight zero bits, then the bits of 2/π. */
const TWO_OVER_PI = memory.data<u8>([
  0, 0xa2, 0xf9, 0x83, 0x6e, 0x4e, 0x44, 0x15, 0x29, 0xfc, 0x27, 0x57, 0xd1, 0xf5, 0x34, 0xdd, 0xc0,
  0xdb, 0x62, 0x95, 0x99, 0x3c, 0x43, 0x90, 0x41, 0xfe, 0x51, 0x63, 0xab, 0xde, 0xbb, 0xc5, 0x61,
]);

const SERIES = memory.data<f32>([
  1.0, // 0
  -0.16666655242443085, // 1…3: (sin r − r)/r³ in r², relative to sin r to 2⁻²⁷
  0.008332189172506332,
  -0.0001951828453456983,
  0.5, // 4
  0.04166664555668831, // 5…7: (cos r − 1 + r²/2)/r⁴ in r², relative to cos r to 2⁻³²
  -0.0013887309469282627,
  2.4432327336398885e-5,
  1048576, // 8: 2²⁰
]);

const MASKS = memory.data<u32>([
  0x7fffffff, // 0: all but the sign
  1, // 1
  2, // 2
  0, // 3
]);

export abstract class trigonometry {
  /** sin x for quadrants = 0, cos x = sin(x + π/2) for quadrants = 1. Error 2.0 ulp, for every finite x. */
  @inline static sine(x: v128, quadrants: usize): v128 {
    let low = f64x2.promote_low_f32x4(x);
    let high = f64x2.promote_low_f32x4(i32x4.shuffle(x, x, 2, 3, 2, 3));
    const magic = v128.load64_splat(REDUCE + 8);
    const tLow = f64x2.add(f64x2.mul(low, v128.load64_splat(REDUCE)), magic);
    const tHigh = f64x2.add(f64x2.mul(high, v128.load64_splat(REDUCE)), magic);
    low = trigonometry.remainder(low, f64x2.sub(tLow, magic));
    high = trigonometry.remainder(high, f64x2.sub(tHigh, magic));
    let n = i32x4.shuffle(tLow, tHigh, 0, 2, 4, 6);
    let r = i32x4.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);

    const large = f32x4.ge(v128.and(x, constant(MASKS, 0)), constant(SERIES, 8));
    if (v128.any_true(large)) {
      const at = scratch();
      v128.store(at, x);
      for (let lane: usize = 0; lane < 16; lane += 4) reduceLarge(at + lane);
      r = v128.bitselect(v128.load(at, 16), r, large);
      n = v128.bitselect(v128.load(at, 32), n, large);
    }

    n = i32x4.add(n, constant(MASKS, 3 - 2 * quadrants)); // + 0 or + 1
    const z = f32x4.mul(r, r);
    let s = madd(z, constant(SERIES, 3), constant(SERIES, 2));
    s = madd(z, s, constant(SERIES, 1));
    s = f32x4.mul(r, madd(z, s, constant(SERIES, 0))); // a product keeps −0
    let c = madd(z, constant(SERIES, 7), constant(SERIES, 6));
    c = madd(z, c, constant(SERIES, 5));
    c = madd(f32x4.mul(z, z), c, nmadd(z, constant(SERIES, 4), constant(SERIES, 0)));
    const odd = i32x4.eq(v128.and(n, constant(MASKS, 1)), constant(MASKS, 1));
    const sign = i32x4.shl(v128.and(n, constant(MASKS, 2)), 30);
    return v128.xor(v128.bitselect(c, s, odd), sign);
  }

  @inline static remainder(x: v128, n: v128): v128 {
    return f64x2.sub(f64x2.sub(x, f64x2.mul(n, v128.load64_splat(REDUCE + 16))), f64x2.mul(n, v128.load64_splat(REDUCE + 24)));
  }
}

/**
 * Reduces the float32 x at address `at`, |x| ≥ 2²⁰: writes r to at + 16 and n modulo 4 to at + 32. For ±∞, r is NaN. For a smaller
 * |x| the results have no meaning.
 *
 * x = M · 2ᵏ with an integer M < 2²⁴, and of 2/π = 0.b₁b₂b₃… only bits from b₍ₖ₋₁₎ on, with weight 2 and less, matter
 * modulo 4. The product with 96 of them, modulo 2⁹⁶, is x · 2/π modulo 4 in units of 2⁻⁹⁴; its upper 64 bits are kept.
 */
function reduceLarge(at: usize): void {
  const bits = load<u32>(at);
  const exponent = (bits >> 23) & 255;
  const first = max<i32>(<i32>exponent - 150 + 6, 0); // of the wanted bits, counting the eight zeros that lead the table
  const p = TWO_OVER_PI + (first >> 3);
  const m = <u64>((bits & 0x7fffff) | 0x800000) << (first & 7);
  const product = m * bswap<u64>(load<u64>(p)) + ((m * bswap<u32>(load<u32>(p, 8))) >> 32);
  const n = <u32>((product + (1 << 61)) >> 62);
  const r = <f64>(<i64>(product - (<u64>n << 62))) * 3.4061215800865545e-19; // π/2 · 2⁻⁶²
  const negative = bits >> 31;
  store<f32>(at, exponent == 255 ? NaN : <f32>(negative ? -r : r), 16);
  store<u32>(at, negative ? -n : n, 32);
}
