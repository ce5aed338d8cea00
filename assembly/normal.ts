/** The normal distribution and the error function, for four float32 at a time; see math.ts for how errors are stated. */
import { constant } from "./math";
import { madd } from "./simd";

const UNITS = memory.data<f32>([1.0, -0.0, 0]); // 1: the sign

const ERF = memory.data<f32>([
  1.41421356, // 0: √2
  0.128379167, // 1…7: erf x/x − 1 on |x| ≤ 1 in x², relative to erf x/x to 2⁻²⁹
  -0.3761221766471863,
  0.11278967559337616,
  -0.026661306619644165,
  0.004823737777769566,
  -0.0004816472646780312,
  -2.6636123948264867e-5,
]);

const NORMAL = memory.data<f32>([
  100, // 0: Φ(−100) = 0
  1.0905077457427979, // 1…9: Φ(−a)^(−1/8) for a ≥ 0, so that a · Φ(−a) is right to 2e-8
  0.10876137018203735,
  0.0488242469727993,
  0.00942163821309805,
  0.0009960177121683955,
  0.00017689199012238532,
  8.346792310476303e-5,
  -1.339467053185217e-5,
  2.7855955977429403e-6,
]);

export abstract class normal {
  /** erf x = x + x · P(x²) for |x| < 1, and ±(1 − 2Φ(−√2 |x|)) beyond. Error 3.2 ulp in both. */
  @inline static erf(x: v128): v128 {
    const one = constant(UNITS, 0);
    const a = f32x4.abs(x);
    const z = f32x4.mul(x, x);
    let p = madd(z, constant(ERF, 7), constant(ERF, 6));
    p = madd(z, p, constant(ERF, 5));
    p = madd(z, p, constant(ERF, 4));
    p = madd(z, p, constant(ERF, 3));
    p = madd(z, p, constant(ERF, 2));
    p = madd(z, p, constant(ERF, 1));
    const near = madd(x, p, x);
    const tail = f32x4.div(one, normal.overTail(f32x4.mul(a, constant(ERF, 0))));
    const far = v128.or(f32x4.sub(one, f32x4.add(tail, tail)), v128.and(x, constant(UNITS, 1)));
    return v128.bitselect(near, far, f32x4.lt(a, one));
  }

  /**
   * 1/Φ(−a) for a ≥ 0, where Φ(−a) is the tail of the normal distribution, as p(a)⁸ with a polynomial p, which needs no exponential.
   * The absolute error of Φ(−a) is about 1e-7. For large a it goes to 0 more slowly than it should.
   */
  @inline static overTail(a: v128): v128 {
    let p = madd(a, constant(NORMAL, 9), constant(NORMAL, 8));
    p = madd(a, p, constant(NORMAL, 7));
    p = madd(a, p, constant(NORMAL, 6));
    p = madd(a, p, constant(NORMAL, 5));
    p = madd(a, p, constant(NORMAL, 4));
    p = madd(a, p, constant(NORMAL, 3));
    p = madd(a, p, constant(NORMAL, 2));
    p = madd(a, p, constant(NORMAL, 1));
    p = f32x4.mul(p, p);
    p = f32x4.mul(p, p);
    return f32x4.mul(p, p);
  }

  /** x · Φ(x) = max(x, 0) − a · Φ(−a), a = |x|. Error 1.7e-7 · max(1, |x|), absolute. */
  @inline static gelu(x: v128): v128 {
    const a = f32x4.pmin(f32x4.abs(x), constant(NORMAL, 0)); // 0 · ∞ would be NaN
    return f32x4.sub(f32x4.pmax(x, constant(UNITS, 2)), f32x4.div(a, normal.overTail(a)));
  }

  /** Φ(x), the normal distribution function. */
  @inline static cdf(x: v128): v128 {
    const one = constant(UNITS, 0);
    const tail = f32x4.div(one, normal.overTail(f32x4.abs(x)));
    return v128.bitselect(tail, f32x4.sub(one, tail), f32x4.lt(x, constant(UNITS, 2)));
  }
}
