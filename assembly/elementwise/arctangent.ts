/** Inverse trigonometric functions of four float32 at a time; see ../math.ts for how errors are stated. */
import { BinaryArgs, broadcast, FloatRow } from "../broadcast";
import { MapArgs, mapByPair } from "../map";
import { constant } from "../math";
import { madd } from "../simd";

const BITS = memory.data<u32>([
  0x3f800000, // 0: 1.0
  0x80000000, // 1: sign
  0x7f800000, // 2: +∞
  0x00000001, // 3: the smallest number
]);

const ANGLES = memory.data<f32>([
  1.5707963705062866, // 0, 1: π/2 in two parts
  -4.371138828673793e-8,
  3.1415927410125732, // 2, 3: π in two parts
  -8.742277657347586e-8,
]);

const SERIES = memory.data<f32>([
  -0.33333298563957214, // (atan q/q − 1)/q² in q² on 0 ≤ q ≤ 1, relative to atan q/q to 2⁻²⁸
  0.1999852955341339,
  -0.1426401436328888,
  0.10950861126184464,
  -0.08399207890033722,
  0.05787887051701546,
  -0.0310935340821743,
  0.010866271331906319,
  -0.0017821441870182753,
]);

abstract class arctangent {
  /**
   * The angle of the point (x, y) in −π … π. With q, the smaller of |x| and |y| over the larger, it is ±atan q, added to a multiple of
   * π/2. The signs of zeros count. Error 1.6, relaxed 1.5 ulp.
   */
  @inline static angle(y: v128, x: v128): v128 {
    const a = f32x4.abs(x), b = f32x4.abs(y);
    const larger = f32x4.pmax(a, b), smaller = f32x4.pmin(a, b);
    const ratio = f32x4.div(smaller, f32x4.pmax(larger, constant(BITS, 3))); // 0/0 is 0
    const q = v128.bitselect(constant(BITS, 0), ratio, f32x4.eq(smaller, constant(BITS, 2))); // ∞/∞ is 1
    const steep = f32x4.lt(a, b), back = i32x4.shr_s(x, 31);
    const sign = v128.and(v128.xor(steep, back), constant(BITS, 1)); // of atan q
    const high = v128.bitselect(constant(ANGLES, 0), v128.and(constant(ANGLES, 2), back), steep);
    const low = v128.bitselect(constant(ANGLES, 1), v128.and(constant(ANGLES, 3), back), steep);
    const angle = f32x4.add(high, f32x4.add(v128.xor(arctangent.reduced(q), sign), low));
    const nan = v128.or(f32x4.ne(x, x), f32x4.ne(y, y));
    return v128.or(v128.xor(angle, v128.and(y, constant(BITS, 1))), nan);
  }

  /** atan q for 0 ≤ q ≤ 1. */
  @inline static reduced(q: v128): v128 {
    const z = f32x4.mul(q, q), z2 = f32x4.mul(z, z), z4 = f32x4.mul(z2, z2);
    // Estrin's scheme: four chains side by side.
    const low = madd(z2, madd(z, constant(SERIES, 3), constant(SERIES, 2)), madd(z, constant(SERIES, 1), constant(SERIES, 0)));
    const high = madd(z2, madd(z, constant(SERIES, 7), constant(SERIES, 6)), madd(z, constant(SERIES, 5), constant(SERIES, 4)));
    const p = madd(z4, madd(z4, constant(SERIES, 8), high), low);
    return madd(f32x4.mul(q, z), p, q);
  }

  /** The other leg of a right triangle whose hypotenuse is 1: √((1 − x)(1 + x)), NaN beyond ±1. */
  @inline static leg(x: v128): v128 {
    return f32x4.sqrt(f32x4.mul(f32x4.sub(constant(BITS, 0), x), f32x4.add(constant(BITS, 0), x)));
  }
}

@unmanaged
@final
class Atan {
  @inline v(x: v128, r: MapArgs): v128 {
    return arctangent.angle(x, constant(BITS, 0));
  }
}

@unmanaged
@final
class Atan2 {
  @inline v(y: v128, x: v128, r: usize): v128 {
    return arctangent.angle(y, x);
  }
}

@unmanaged
@final
class Asin {
  @inline v(x: v128, r: MapArgs): v128 {
    return arctangent.angle(x, arctangent.leg(x));
  }
}

@unmanaged
@final
class Acos {
  @inline v(x: v128, r: MapArgs): v128 {
    return arctangent.angle(arctangent.leg(x), x);
  }
}

/** atan x, see arctangent.angle @cost 0.8 */
export function atan(r: MapArgs, from: u32, to: u32): void {
  mapByPair<Atan, MapArgs>(r, from, to);
}

/** the angle of the point (b, a), see arctangent.angle @cost 0.9 */
export function atan2(r: BinaryArgs, from: u32, to: u32): void {
  broadcast<FloatRow<Atan2>>(r, from, to);
}

/** asin x, error 2.6 ulp @cost 1.1 */
export function asin(r: MapArgs, from: u32, to: u32): void {
  mapByPair<Asin, MapArgs>(r, from, to);
}

/** acos x, error 2.2 ulp @cost 1.1 */
export function acos(r: MapArgs, from: u32, to: u32): void {
  mapByPair<Acos, MapArgs>(r, from, to);
}
