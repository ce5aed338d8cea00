/**
 * Elementary functions of four float32 at a time, over the whole range: NaN gives NaN; ±∞, overflow and denormals are as
 * in IEEE 754. Errors are the worst found over every 29th float32, in units in the last place (ulp) of the exact result, for
 * the plain and the relaxed build. Polynomials are minimax fits of our own: one coefficient after the other was rounded to float32
 * and the rest fitted again.
 *
 * A clamp is `pmin(x, limit)` with x first: the other order would swallow NaN.
 */
import { madd, nmadd } from "./simd";

/** Entry i of a table in every lane. It is loaded from memory, because V8 would rebuild an inline constant at every use. */
@inline
export function constant(table: usize, i: usize): v128 {
  return v128.load32_splat(table + 4 * i);
}

/** Powers of two are built in the exponent field: 127 stands for 2⁰. */
const MANTISSA_BITS = 23;

const BITS = memory.data<u32>([
  0x3f800000, // 0: 1.0
  0xff800000, // 1: sign and exponent, also −∞
  0x7f800000, // 2: +∞
  0x80000000, // 3: sign
  0x7f000000, // 4: 2¹²⁷, and exponents e ↔ −e: 254 << 23
  0x00800000, // 5: the smallest normal number
  0x3f2aaaab, // 6: 2/3
  23, // 7
  0, // 8
]);

const EXP = memory.data<f32>([
  88.9, // 0: above, exp overflows
  -115, // 1: below, x · exp(x) is less than half the smallest denormal
  1.44269504, // 2: 1/ln 2
  12583166, // 3: 1.5 · 2²³ + 254: adding it rounds to an integer, which the low bits then hold + 254
  0.693359375, // 4: ln 2, upper 10 bits: n · this is exact
  -2.12194440e-4, // 5: ln 2, rest
  0.4999999701976776, // 6…10: (eʳ − 1 − r)/r² on |r| ≤ ln 2/2, relative to eʳ − 1 to 2⁻²⁶
  0.1666654646396637,
  0.04166743531823158,
  0.00836626160889864,
  0.0013870657421648502,
  -88.0297, // 11: −127 ln 2: from here down the exponent field of 2ⁿ is 0, which reads as the number 0
  12583039, // 12: 1.5 · 2²³ + 127
]);

/** (e⁻ᵘ − 1)/u */
const EXP_NEGATIVE = memory.data<f32>([
  -1,
  0.4999999701976776,
  -0.1666654646396637,
  0.04166743531823158,
  -0.00836626160889864,
  0.0013870657421648502,
]);

const SIGMOID = memory.data<f32>([
  20, // 0: from here sigmoid rounds to 1
  -109, // 1: below, x · sigmoid x is less than half the smallest denormal
  12583007, // 2: 1.5 · 2²³ + 127 − 32
  2.3283064365386963e-10, // 3: 2⁻³²
]);

const EXPM1 = memory.data<f32>([
  -18, // 0: below, e^x − 1 rounds to −1
  12583039, // 1: 1.5 · 2²³ + 127
]);

const LOG = memory.data<f32>([
  8388608, // 0: 2²³, lifts denormals
  0.693359375, // 1, 2: ln 2 in two parts
  -2.12194440e-4,
  0.5, // 3
  0.3333321511745453, // 4…11: (ln(1 + r) − r + r²/2)/r³ on |r| ≤ 1/3, relative to ln(1 + r) to 2⁻²⁷
  -0.2499980628490448,
  0.2001042664051056,
  -0.16680197417736053,
  0.14005732536315918,
  -0.12187445163726807,
  0.1398460865020752,
  -0.1288023293018341,
  3.4028234663852886e38, // 12: the largest number
]);

const SOFTPLUS = memory.data<f32>([
  -0.4999993145465851, // 0…8: (ln(1 + t)/t − 1)/t on 0 ≤ t ≤ 1, relative to ln(1 + t)/t to 2⁻²⁷
  0.33330464363098145,
  -0.24958018958568573,
  0.19692102074623108,
  -0.15344880521297455,
  0.10661128163337708,
  -0.05745723098516464,
  0.020086241886019707,
  -0.003290468594059348,
]);

const TANH = memory.data<f32>([
  9.02, // 0: from here tanh rounds to 1
  -9.02,
  2.88539008, // 2: 2/ln 2
  12583039, // 3: 1.5 · 2²³ + 127
  0.34657359, // 4: ½ ln 2
  2.0, // 5…10: (e²ʳ − 1)/r on |r| ≤ ¼ ln 2, relative to 2⁻²⁶
  1.9999998807907104,
  1.3333237171173096,
  0.6666789650917053,
  0.26772037148475647,
  0.08877220749855042,
]);

export abstract class math {
  /**
   * e^x = 2ⁿ · eʳ with n = round(x / ln 2), r = x − n ln 2. The power is applied in two halves, so that 2¹²⁸ · 0.7 does
   * not overflow and a denormal result is rounded once. Error 1.3, relaxed 1.0 ulp.
   */
  @inline static exp(x: v128): v128 {
    x = f32x4.pmax(f32x4.pmin(x, constant(EXP, 0)), constant(EXP, 1));
    const t = madd(x, constant(EXP, 2), constant(EXP, 3));
    const half = i32x4.shl(i32x4.shr_u(t, 1), MANTISSA_BITS); // 2^⌊n/2⌋
    const rest = i32x4.sub(i32x4.shl(t, MANTISSA_BITS), half); // 2^⌈n/2⌉
    const p = math.expReduced(math.reduce(x, f32x4.sub(t, constant(EXP, 3))));
    return f32x4.mul(f32x4.mul(p, half), rest);
  }

  /**
   * e^x for x ≤ 0, a fifth faster than `exp`, because the power is applied in one step. The bits are those of `exp`, but a result
   * below 2⁻¹²⁶ becomes 0. That does not matter in a softmax, whose greatest term is e⁰ = 1.
   */
  @inline static expOfNegative(x: v128): v128 {
    x = f32x4.pmax(x, constant(EXP, 11));
    const t = madd(x, constant(EXP, 2), constant(EXP, 12));
    const p = math.expReduced(math.reduce(x, f32x4.sub(t, constant(EXP, 12))));
    return f32x4.mul(p, i32x4.shl(t, MANTISSA_BITS));
  }

  /** x − n ln 2; the first product and difference are exact. */
  @inline static reduce(x: v128, n: v128): v128 {
    return nmadd(n, constant(EXP, 5), nmadd(n, constant(EXP, 4), x));
  }

  /** eʳ for |r| ≤ ln 2/2. */
  @inline static expReduced(r: v128): v128 {
    let p = madd(r, constant(EXP, 10), constant(EXP, 9));
    p = madd(r, p, constant(EXP, 8));
    p = madd(r, p, constant(EXP, 7));
    p = madd(r, p, constant(EXP, 6));
    p = madd(r, p, constant(BITS, 0));
    p = madd(r, p, constant(BITS, 0));
    return p;
  }

  /** eʳ − 1 for |r| ≤ ln 2/2. */
  @inline static expm1Reduced(r: v128): v128 {
    let q = madd(r, constant(EXP, 10), constant(EXP, 9));
    q = madd(r, q, constant(EXP, 8));
    q = madd(r, q, constant(EXP, 7));
    q = madd(r, q, constant(EXP, 6));
    return madd(f32x4.mul(r, r), q, r);
  }

  /** e^x − 1 = 2ⁿ(eʳ − 1) + (2ⁿ − 1). For n = 128 it is computed with 2¹²⁷ and doubled. Error 1.7, relaxed 1.6 ulp. */
  @inline static expm1(x: v128): v128 {
    const clamped = f32x4.pmax(f32x4.pmin(x, constant(EXP, 0)), constant(EXPM1, 0));
    const t = madd(clamped, constant(EXP, 2), constant(EXPM1, 1));
    const power = i32x4.shl(t, MANTISSA_BITS);
    const most = i32x4.min_s(power, constant(BITS, 4));
    const rest = i32x4.add(i32x4.sub(power, most), constant(BITS, 0)); // 1, or 2 where n = 128
    const p = math.expm1Reduced(math.reduce(clamped, f32x4.sub(t, constant(EXPM1, 1))));
    const y = f32x4.mul(madd(most, p, f32x4.sub(most, constant(BITS, 0))), rest);
    return v128.or(y, v128.and(x, constant(BITS, 3))); // −0 stays −0
  }

  /** ln x = e ln 2 + ln(1 + r) with x = 2ᵉ(1 + r), 1 + r in [2/3, 4/3). Error 0.85 ulp in both. */
  @inline static log(x: v128): v128 {
    const tiny = f32x4.lt(x, constant(BITS, 5));
    const lifted = v128.bitselect(f32x4.mul(x, constant(LOG, 0)), x, tiny);
    const t = i32x4.sub(lifted, constant(BITS, 6));
    const e = i32x4.sub(i32x4.shr_s(t, MANTISSA_BITS), v128.and(tiny, constant(BITS, 7)));
    const r = f32x4.sub(i32x4.sub(lifted, v128.and(t, constant(BITS, 1))), constant(BITS, 0));
    return math.logSpecial(x, math.logReduced(f32x4.convert_i32x4_s(e), r));
  }

  /**
   * ln(1 + x) = e ln 2 + ln(1 + r). The rounded sum u = 1 + x gives e and most of r; its rounding error, x − (u − 1), is added
   * to r. Error 1.6 ulp in both.
   */
  @inline static log1p(x: v128): v128 {
    const one = constant(BITS, 0);
    const finite = f32x4.pmin(x, constant(LOG, 12)); // ∞ − ∞ would be NaN
    const u = f32x4.add(finite, one);
    const lost = f32x4.sub(finite, f32x4.sub(u, one));
    const t = i32x4.sub(u, constant(BITS, 6));
    const power = v128.and(t, constant(BITS, 1)); // e << 23
    const inverse = i32x4.max_s(i32x4.sub(one, power), constant(BITS, 8)); // 2⁻ᵉ, or 0 for e = 128, where nothing was lost
    const r = madd(lost, inverse, f32x4.sub(i32x4.sub(u, power), one));
    const y = math.logReduced(f32x4.convert_i32x4_s(i32x4.shr_s(t, MANTISSA_BITS)), r);
    const minus = v128.and(v128.and(x, constant(BITS, 3)), f32x4.eq(x, constant(BITS, 8)));
    return v128.or(math.logSpecial(f32x4.add(x, one), y), minus); // −0 stays −0
  }

  /** e ln 2 + ln(1 + r) for |r| ≤ 1/3. */
  @inline static logReduced(e: v128, r: v128): v128 {
    const r2 = f32x4.mul(r, r);
    // Estrin's scheme: pairs and fours run side by side, where Horner's would be a chain of seven multiply-adds.
    const low = madd(r2, madd(r, constant(LOG, 7), constant(LOG, 6)), madd(r, constant(LOG, 5), constant(LOG, 4)));
    const high = madd(r2, madd(r, constant(LOG, 11), constant(LOG, 10)), madd(r, constant(LOG, 9), constant(LOG, 8)));
    const q = madd(f32x4.mul(r2, r2), high, low);
    const small = nmadd(constant(LOG, 3), r2, madd(f32x4.mul(r2, r), q, f32x4.mul(e, constant(LOG, 2))));
    return madd(e, constant(LOG, 1), f32x4.add(r, small));
  }

  /** y, the logarithm of x, except where x is special: ln 0 = −∞, ln ∞ = ∞, NaN for negative numbers and NaN. */
  @inline static logSpecial(x: v128, y: v128): v128 {
    const infinity = constant(BITS, 2);
    const zero = constant(BITS, 8);
    y = f32x4.sub(y, v128.and(f32x4.eq(x, zero), infinity));
    y = f32x4.add(y, v128.and(f32x4.eq(x, infinity), infinity));
    return v128.or(y, v128.not(f32x4.ge(x, zero)));
  }

  /**
   * 1/(1 + e⁻ˣ), as a quotient of numbers that are 2⁻³² times as large: e⁻ˣ does not overflow then, and a denormal result is rounded
   * once. Error 2.5 ulp in both builds.
   */
  @inline static sigmoid(x: v128): v128 {
    x = f32x4.pmax(f32x4.pmin(x, constant(SIGMOID, 0)), constant(SIGMOID, 1));
    const t = nmadd(x, constant(EXP, 2), constant(SIGMOID, 2));
    const n = f32x4.sub(t, constant(SIGMOID, 2));
    const u = madd(n, constant(EXP, 5), madd(n, constant(EXP, 4), x)); // e⁻ˣ = 2ⁿ · e⁻ᵘ
    const p = madd(u, math.slopeOfMinus(u), constant(BITS, 0));
    return f32x4.div(constant(SIGMOID, 3), madd(p, i32x4.shl(t, MANTISSA_BITS), constant(SIGMOID, 3)));
  }

  /**
   * s · sigmoid x = s/(1 + e⁻ˣ). With e⁻ˣ = 2ⁿp both the divisor and the quotient are multiplied by 2^−⌊n/2⌋. So nothing
   * overflows, and the result underflows only if s · sigmoid x does.
   */
  @inline static timesSigmoid(s: v128, x: v128): v128 {
    x = f32x4.pmax(f32x4.pmin(x, constant(EXP, 0)), constant(EXP, 1));
    const t = nmadd(x, constant(EXP, 2), constant(EXP, 3));
    const n = f32x4.sub(t, constant(EXP, 3));
    const u = madd(n, constant(EXP, 5), madd(n, constant(EXP, 4), x)); // e⁻ˣ = 2ⁿ · e⁻ᵘ
    const p = madd(u, math.slopeOfMinus(u), constant(BITS, 0));
    const half = i32x4.shl(i32x4.shr_u(t, 1), MANTISSA_BITS); // 2^⌊n/2⌋
    const scale = i32x4.sub(constant(BITS, 4), half); // 2^−⌊n/2⌋
    const rest = i32x4.sub(i32x4.shl(t, MANTISSA_BITS), half); // 2^⌈n/2⌉
    return f32x4.mul(f32x4.div(s, madd(p, rest, scale)), scale);
  }

  /** (e⁻ᵘ − 1)/u for |u| ≤ ln 2/2. */
  @inline static slopeOfMinus(u: v128): v128 {
    let p = madd(u, constant(EXP_NEGATIVE, 5), constant(EXP_NEGATIVE, 4));
    p = madd(u, p, constant(EXP_NEGATIVE, 3));
    p = madd(u, p, constant(EXP_NEGATIVE, 2));
    p = madd(u, p, constant(EXP_NEGATIVE, 1));
    return madd(u, p, constant(EXP_NEGATIVE, 0));
  }

  /** ln(1 + eˣ) = max(x, 0) + ln(1 + t), t = e^−|x|. Error 2.3, relaxed 1.9 ulp. */
  @inline static softplus(x: v128): v128 {
    const t = math.exp(f32x4.neg(f32x4.abs(x)));
    let p = madd(t, constant(SOFTPLUS, 8), constant(SOFTPLUS, 7));
    p = madd(t, p, constant(SOFTPLUS, 6));
    p = madd(t, p, constant(SOFTPLUS, 5));
    p = madd(t, p, constant(SOFTPLUS, 4));
    p = madd(t, p, constant(SOFTPLUS, 3));
    p = madd(t, p, constant(SOFTPLUS, 2));
    p = madd(t, p, constant(SOFTPLUS, 1));
    p = madd(t, p, constant(SOFTPLUS, 0));
    return f32x4.add(f32x4.pmax(x, constant(BITS, 8)), madd(f32x4.mul(t, t), p, t));
  }

  /** tanh x = e/(e + 2) with e = e²ˣ − 1 = 2ⁿ(e²ʳ − 1) + (2ⁿ − 1), r = x − n · ½ ln 2. Never beyond ±1. Error 2.7 ulp in both. */
  @inline static tanh(x: v128): v128 {
    const clamped = f32x4.pmax(f32x4.pmin(x, constant(TANH, 0)), constant(TANH, 1));
    const t = madd(clamped, constant(TANH, 2), constant(TANH, 3));
    const n = f32x4.sub(t, constant(TANH, 3));
    const r = nmadd(n, constant(TANH, 4), clamped);
    const r2 = f32x4.mul(r, r);
    const high = madd(r2, constant(TANH, 10), madd(r, constant(TANH, 9), constant(TANH, 8)));
    const p = madd(r2, high, madd(r, constant(TANH, 7), constant(TANH, 6)));
    const minus1 = madd(r2, p, f32x4.add(r, r)); // e²ʳ − 1
    const power = i32x4.shl(t, MANTISSA_BITS);
    const e = madd(power, minus1, f32x4.sub(power, constant(BITS, 0)));
    const y = f32x4.div(e, f32x4.add(e, constant(TANH, 5)));
    return v128.or(y, v128.and(x, constant(BITS, 3))); // −0 stays −0
  }
}
