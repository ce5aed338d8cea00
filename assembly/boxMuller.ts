/** Normal random numbers from uniform ones (Box and Muller, "A Note on the Generation of Random Normal Deviates", 1958). */
import { constant, math } from "./math";
import { upperBits } from "./philox";
import { madd, nmadd } from "./simd";
import { trigonometry } from "./trigonometry";

const UNIT = memory.data<f32>([
  5.9604644775390625e-8, // 0: 2⁻²⁴
  1.0, // 1
]);

const TURN = memory.data<f32>([
  4, // 0: quarters of a turn
  12582912, // 1: 1.5 · 2²³: adding it rounds to an integer, which the low bits then hold
  0.25, // 2
  6.2831853, // 3: 2π
]);

const BITS = memory.data<u32>([
  0x3f2aaaab, // 0: 2/3, the least 1 + r of `math.log`
  0xff800000, // 1: sign and exponent
  1, // 2
  0x80000000, // 3: sign
]);

/** The upper 24 bits of a word as a number in [0, 1). */
@inline
function unit(words: v128): v128 {
  return f32x4.mul(upperBits(words), constant(UNIT, 0));
}

/**
 * Makes normal numbers of the random words of whole groups (philox.ts), where they stand. Two uniform numbers u, v give two normal
 * ones, √(−2 ln(1 − u))·cos 2πv and √(−2 ln(1 − u))·sin 2πv. Words 0 and 1 of a counter become its values 0 and 1, words 2 and 3 its
 * values 2 and 3. u has 24 bits, so no value lies beyond 5.77 σ.
 */
@inline
export function boxMuller(p: usize, end: usize, mean: v128, std: v128): void {
  for (; p < end; p += 64) {
    const r = f32x4.mul(std, radius(v128.load(p))), s = f32x4.mul(std, radius(v128.load(p, 16)));
    const u = unit(v128.load(p, 32)), v = unit(v128.load(p, 48));
    const m = quarters(u), n = quarters(v), next = constant(BITS, 2);
    const a = angle(u, m), b = angle(v, n);
    const a2 = f32x4.mul(a, a), b2 = f32x4.mul(b, b);
    const sinA = trigonometry.sineReduced(a, a2), sinB = trigonometry.sineReduced(b, b2);
    const cosA = trigonometry.cosineReduced(a2), cosB = trigonometry.cosineReduced(b2);
    const x = sineBeyond(i32x4.add(m, next), sinA, cosA), y = sineBeyond(i32x4.add(n, next), sinB, cosB);
    const z = sineBeyond(m, sinA, cosA), w = sineBeyond(n, sinB, cosB);
    const x0 = f32x4.add(mean, f32x4.mul(r, x)), y0 = f32x4.add(mean, f32x4.mul(s, y));
    const z0 = f32x4.add(mean, f32x4.mul(r, z)), w0 = f32x4.add(mean, f32x4.mul(s, w));
    v128.store(p, y0, 16), v128.store(p, x0);
    v128.store(p, w0, 48), v128.store(p, z0, 32);
  }
}

/** √(−2 ln x) for x = 1 − u, with the bits of `math.log`, which does more for numbers that are not as tame. */
@inline
function radius(words: v128): v128 {
  const one = constant(UNIT, 1), x = f32x4.sub(one, unit(words));
  const t = i32x4.sub(x, constant(BITS, 0));
  const r = f32x4.sub(i32x4.sub(x, v128.and(t, constant(BITS, 1))), one);
  const logarithm = math.logReduced(f32x4.convert_i32x4_s(i32x4.shr_s(t, 23)), r);
  return f32x4.sqrt(f32x4.neg(f32x4.add(logarithm, logarithm)));
}

/** v turns in whole quarters n, as n + 1.5 · 2²³: so the lowest bits are those of n. */
@inline
function quarters(v: v128): v128 {
  return madd(v, constant(TURN, 0), constant(TURN, 1));
}

/** 2π times what v turns are more than n quarters. */
@inline
function angle(v: v128, n: v128): v128 {
  return f32x4.mul(nmadd(f32x4.sub(n, constant(TURN, 1)), constant(TURN, 2), v), constant(TURN, 3));
}

/** The sine of an angle and n quarters of a turn, from sine and cosine of the angle. */
@inline
function sineBeyond(n: v128, sine: v128, cosine: v128): v128 {
  const isOdd = i32x4.shr_s(i32x4.shl(n, 31), 31), minus = v128.and(i32x4.shl(n, 30), constant(BITS, 3));
  return v128.xor(v128.bitselect(cosine, sine, isOdd), minus);
}
