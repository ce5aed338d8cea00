/** Inverse hyperbolic functions of four float32 at a time, by log1p, so that no digits are lost where they are near 0. */
import { MapArgs, mapByPair } from "../map";
import { constant, math } from "../math";

const C = memory.data<f32>([
  1.0, // 0
  1073741824, // 1: 2³⁰: from here on √(a² ± 1) rounds to a
  0.6931471805599453, // 2: ln 2
  0.5, // 3
  -0.0, // 4: the sign
]);

/** ln(1 + t), or ln(1 + a) + ln 2 where a is so large that t is 2a and might overflow. */
@inline
function logarithm(t: v128, a: v128): v128 {
  const large = f32x4.ge(a, constant(C, 1));
  return f32x4.add(math.log1p(v128.bitselect(a, t, large)), v128.and(constant(C, 2), large));
}

@unmanaged
@final
class Asinh {
  /** a = |x|, √(1 + a²) − 1 = a²/(1 + √(1 + a²)). Error 1.9 ulp. */
  @inline v(x: v128, r: MapArgs): v128 {
    const a = f32x4.abs(x), square = f32x4.mul(a, a);
    const root = f32x4.sqrt(f32x4.add(constant(C, 0), square));
    const t = f32x4.add(a, f32x4.div(square, f32x4.add(constant(C, 0), root)));
    return v128.or(logarithm(t, a), v128.and(x, constant(C, 4)));
  }
}

@unmanaged
@final
class Acosh {
  /** d = x − 1, √(x² − 1) = √(d(d + 2)). NaN below 1. Error 2.4 ulp. */
  @inline v(x: v128, r: MapArgs): v128 {
    const one = constant(C, 0), d = f32x4.sub(x, one);
    const t = f32x4.add(d, f32x4.sqrt(f32x4.mul(d, f32x4.add(x, one))));
    return v128.or(logarithm(t, d), v128.not(f32x4.ge(x, one)));
  }
}

@unmanaged
@final
class Atanh {
  /** a = |x|, ½ ln((1 + a)/(1 − a)) with the quotient 1 + 2a/(1 − a). ±∞ at ±1, NaN beyond. Error 2.1 ulp. */
  @inline v(x: v128, r: MapArgs): v128 {
    const a = f32x4.abs(x), t = f32x4.div(f32x4.add(a, a), f32x4.sub(constant(C, 0), a));
    return v128.or(f32x4.mul(math.log1p(t), constant(C, 3)), v128.and(x, constant(C, 4)));
  }
}

/** asinh x @cost 1.3 */
export function asinh(r: MapArgs, from: u32, to: u32): void {
  mapByPair<Asinh, MapArgs>(r, from, to);
}

/** acosh x @cost 1.3 */
export function acosh(r: MapArgs, from: u32, to: u32): void {
  mapByPair<Acosh, MapArgs>(r, from, to);
}

/** atanh x @cost 1.2 */
export function atanh(r: MapArgs, from: u32, to: u32): void {
  mapByPair<Atanh, MapArgs>(r, from, to);
}
