/**
 * Sine and cosine of float32, over the whole range: |x| = n · π/2 + r, |r| ≤ π/4. Where |x| < 2²⁰, r is computed in float64 with π/2
 * in two parts. Beyond, it is computed from those bits of 2/π that matter (Payne and Hanek, "Radian reduction for trigonometric
 * functions", 1983).
 *
 * Conversions between float32 and float64 do not pack, but shifts do. The bits of |x|, 29 places further up, are the float64
 * 2⁻⁸⁹⁶ |x|. So the reduction is that of numbers 2⁻⁸⁹⁶ times as large, and its result is rounded 29 places further down.
 */
import { anyInStep, MapArgs, mapRowByPair, STEP } from "./map";
import { constant } from "./math";
import { madd, madd64, nmadd, nmadd64 } from "./simd";
import { scratch } from "./threads";

const REDUCE = memory.data<f64>([
  3.3632274415462534e+269, // 0: 2/π · 2⁸⁹⁶
  6755399441055744, // 1: 1.5 · 2⁵²: adding it rounds to an integer, which the low bits then hold
  6755399441055745, // 2: the same, and the low bits hold one more
  2.9733344453848746e-270, // 3: π/2 · 2⁻⁸⁹⁶, upper 33 bits: n · this is exact for n < 2²⁰
  1.1503243263643783e-280, // 4: π/2 · 2⁻⁸⁹⁶, rest
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
]);

const MASKS = memory.data<u32>([
  0x7fffffff, // 0: all but the sign
  0x80000000, // 1: sign
]);

/** The bits of 2²⁰. */
const LARGE: u32 = 0x49800000;
/** Half a unit of what is rounded 29 places further down. */
const HALF = memory.data<u64>([1 << 28]);

/** Elements that are looked over for large ones at a time. */
const BLOCK: u32 = 1024;

/**
 * out = sin x for quadrants = 0, cos x for quadrants = 1. F applies `trigonometry.sine`. A block is looked over first: its large
 * elements, which are rare, are computed anew one by one, so that there is no branch where F packs.
 */
export function mapSine<F>(r: MapArgs, from: u32, to: u32, quadrants: usize): void {
  for (let next: u32 = 0; from < to; from = next) {
    next = min(to, from + BLOCK);
    const n = next - from, x = r.x + (<usize>from << 2), out = r.out + (<usize>from << 2);
    if (anyLarge(x, n)) {
      const kept = scratch() + STEP; // out may be x
      memory.copy(kept, x, <usize>n << 2);
      mapRowByPair<F, MapArgs>(r, x, out, n);
      for (let i: usize = 0; i < <usize>n << 2; i += 4) {
        if ((load<u32>(kept + i) & 0x7fffffff) >= LARGE) sineOfLarge(kept + i, out + i, quadrants);
      }
    } else mapRowByPair<F, MapArgs>(r, x, out, n);
  }
}

/** Whether the size of one of n numbers is 2²⁰ or more, or is no number. */
function anyLarge(x: usize, n: u32): bool {
  const end = x + (<usize>n << 2);
  let a = i32x4.splat(0), b = a, c = a, d = a;
  for (const steps = x + ((end - x) & ~(STEP - 1)); x < steps; x += STEP) {
    a = i32x4.max_s(a, v128.and(v128.load(x), constant(MASKS, 0)));
    b = i32x4.max_s(b, v128.and(v128.load(x, 16), constant(MASKS, 0)));
    c = i32x4.max_s(c, v128.and(v128.load(x, 32), constant(MASKS, 0)));
    d = i32x4.max_s(d, v128.and(v128.load(x, 48), constant(MASKS, 0)));
  }
  const most = i32x4.splat(LARGE - 1);
  let found = anyInStep(i32x4.gt_s(a, most), i32x4.gt_s(b, most), i32x4.gt_s(c, most), i32x4.gt_s(d, most));
  for (; x < end; x += 4) found = found || (load<u32>(x) & 0x7fffffff) >= LARGE;
  return found;
}

export abstract class trigonometry {
  /** sin x for quadrants = 0, cos x = sin(x + π/2) for quadrants = 1, for |x| < 2²⁰. Error 2.0 ulp. */
  @inline static sine(x: v128, quadrants: usize): v128 {
    const a = v128.and(x, constant(MASKS, 0)), zero = i32x4.splat(0), magic = v128.load64_splat(REDUCE + 8 + 8 * quadrants);
    let low = i64x2.shl(i32x4.shuffle(a, zero, 0, 4, 1, 5), 29);
    let high = i64x2.shl(i32x4.shuffle(a, zero, 2, 6, 3, 7), 29);
    const tLow = madd64(low, v128.load64_splat(REDUCE), magic);
    const tHigh = madd64(high, v128.load64_splat(REDUCE), magic);
    low = trigonometry.remainder(low, f64x2.sub(tLow, magic));
    high = trigonometry.remainder(high, f64x2.sub(tHigh, magic));
    const size = i32x4.shuffle(trigonometry.rounded(low), trigonometry.rounded(high), 0, 2, 4, 6);
    const sign = v128.and(i32x4.shuffle(low, high, 1, 3, 5, 7), constant(MASKS, 1));
    return trigonometry.turned(x, size, sign, i32x4.shuffle(tLow, tHigh, 0, 2, 4, 6), quadrants);
  }

  @inline static remainder(x: v128, n: v128): v128 {
    return nmadd64(n, v128.load64_splat(REDUCE + 32), nmadd64(n, v128.load64_splat(REDUCE + 24), x));
  }

  /** The size of a float32 from the bits of two float64, 2⁻⁸⁹⁶ times as large. */
  @inline static rounded(x: v128): v128 {
    return i64x2.shr_u(i64x2.add(x, v128.load64_splat(HALF)), 29);
  }

  /** sin x for |x| = n · π/2 + r, and cos x for |x| = (n − 1) · π/2 + r. r comes as its size and its sign. */
  @inline static turned(x: v128, size: v128, sign: v128, n: v128, quadrants: usize): v128 {
    const z = f32x4.mul(size, size);
    const s = trigonometry.sineReduced(v128.or(size, sign), z), c = trigonometry.cosineReduced(z);
    const odd = i32x4.shr_s(i32x4.shl(n, 31), 31);
    const minus = i32x4.shl(n, 30); // two quarters of a turn, in the sign
    const turned = quadrants ? minus : v128.xor(minus, x);
    return v128.xor(v128.bitselect(c, s, odd), v128.and(turned, constant(MASKS, 1)));
  }

  /** sin r for |r| ≤ π/4, z = r². */
  @inline static sineReduced(r: v128, z: v128): v128 {
    const p = madd(z, madd(z, constant(SERIES, 3), constant(SERIES, 2)), constant(SERIES, 1));
    return f32x4.mul(r, madd(z, p, constant(SERIES, 0))); // a product keeps −0
  }

  /** cos r for |r| ≤ π/4, z = r². */
  @inline static cosineReduced(z: v128): v128 {
    const p = madd(z, madd(z, constant(SERIES, 7), constant(SERIES, 6)), constant(SERIES, 5));
    return madd(f32x4.mul(z, z), p, nmadd(z, constant(SERIES, 4), constant(SERIES, 0)));
  }
}

/** out = sin x, or cos x, of the float32 at address x, |x| ≥ 2²⁰. NaN for ±∞ and NaN. */
function sineOfLarge(x: usize, out: usize, quadrants: usize): void {
  const at = scratch() + STEP + 4 * BLOCK;
  const n = i32x4.splat(reduceLarge(x, at) + quadrants);
  const y = trigonometry.turned(v128.load32_splat(x), v128.load32_splat(at), i32x4.splat(0), n, quadrants);
  v128.store_lane<f32>(out, y, 0);
}

/**
 * Reduces |x| of the float32 at address x, |x| ≥ 2²⁰: writes r to `at` and returns n modulo 4. For ±∞ and NaN, r is NaN.
 *
 * |x| = M · 2ᵏ with an integer M < 2²⁴, and of 2/π = 0.b₁b₂b₃… only bits from b₍ₖ₋₁₎ on, with weight 2 and less, matter
 * modulo 4. The product with 96 of them, modulo 2⁹⁶, is |x| · 2/π modulo 4 in units of 2⁻⁹⁴; its upper 64 bits are kept.
 */
function reduceLarge(x: usize, at: usize): u32 {
  const bits = load<u32>(x);
  const exponent = (bits >> 23) & 255;
  const first = exponent - 150 + 6; // of the wanted bits, counting the eight zeros that lead the table
  const p = TWO_OVER_PI + (first >> 3);
  const m = <u64>((bits & 0x7fffff) | 0x800000) << (first & 7);
  const product = m * bswap<u64>(load<u64>(p)) + ((m * bswap<u32>(load<u32>(p, 8))) >> 32);
  const n = <u32>((product + (1 << 61)) >> 62);
  const r = <f64>(<i64>(product - (<u64>n << 62))) * 3.4061215800865545e-19; // π/2 · 2⁻⁶²
  store<f32>(at, exponent == 255 ? NaN : <f32>r);
  return n;
}
