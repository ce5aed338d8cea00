/** Sums in another scale, of squares and of exponentials, that do not overflow on the way; four float32 at a time. */
import { BinaryArgs, broadcast, FloatRow } from "../broadcast";
import { constant, math } from "../math";
import { madd } from "../simd";

const BITS = memory.data<u32>([
  0x3f800000, // 0: 1.0
  0x7f800000, // 1: +∞
  0x00000001, // 2: the smallest number
]);

@unmanaged
@final
class Hypot {
  /** With q, the smaller of |a| and |b| over the larger m, it is m · √(1 + q²). ∞ if either is, also beside NaN. Error 2.0 ulp. */
  @inline v(a: v128, b: v128, r: usize): v128 {
    const x = f32x4.abs(a), y = f32x4.abs(b), infinity = constant(BITS, 1);
    const larger = f32x4.pmax(x, y), smaller = f32x4.pmin(x, y);
    const q = f32x4.div(smaller, f32x4.pmax(larger, constant(BITS, 2))); // 0/0 is 0
    const length = f32x4.mul(larger, f32x4.sqrt(madd(q, q, constant(BITS, 0))));
    const nan = v128.or(f32x4.ne(a, a), f32x4.ne(b, b));
    const endless = v128.or(f32x4.eq(x, infinity), f32x4.eq(y, infinity));
    return v128.bitselect(infinity, v128.or(length, nan), endless);
  }
}

@unmanaged
@final
class LogAddExp {
  /**
   * max(a, b) + ln(1 + e^−|a − b|); equal infinities have the distance 0. Error 2.9, relaxed 2.2 ulp of the greater of the two terms. One
   * of them at most is NaN, because which of two NaN a sum keeps is up to the compiler.
   */
  @inline v(a: v128, b: v128, r: usize): v128 {
    const distance = v128.and(f32x4.abs(f32x4.sub(a, b)), v128.or(f32x4.lt(a, b), f32x4.lt(b, a)));
    return f32x4.add(v128.or(f32x4.pmax(a, b), f32x4.ne(b, b)), math.softplus(f32x4.neg(distance)));
  }
}

/** √(a² + b²) @cost 0.6 */
export function hypot(r: BinaryArgs, from: u32, to: u32): void {
  broadcast<FloatRow<Hypot>>(r, from, to);
}

/** ln(eᵃ + eᵇ) @cost 1.2 */
export function logAddExp(r: BinaryArgs, from: u32, to: u32): void {
  broadcast<FloatRow<LogAddExp>>(r, from, to);
}
