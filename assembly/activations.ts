/** Activation functions and their gradients, dx = g · f′, elementwise over float32; `from` and `to` count elements. */
import { GradientArgs, map, MapArgs, mapByPair, mapGradient, mapGradientByPair } from "./map";
import { constant, math } from "./math";
import { normal } from "./normal";
import { madd, nmadd } from "./simd";

const C = memory.data<f32>([
  0, // 0
  1, // 1
  -115, // 2: below it, x · sigmoid x rounds to 0
  115, // 3
  -5.5, // 4: below it, Φ(x) is taken as 0
  15, // 5: beyond it, the density φ(x) rounds to 0
  -15, // 6
  -0.5, // 7
  0.3989422804014327, // 8: 1/√(2π)
  1.5957691216057308, // 9: 2√(2/π)
  0.07135481627159999, // 10: 2√(2/π) · 0.044715
  0.2140644488148, // 11: 3 · entry 10
  -12, // 12: below it, x · sigmoid(1.6x + 0.07x³) rounds to 0
  12, // 13
  2, // 14
]);

/** @cost 0.25 @bytes 8 @inplace x */
@unmanaged
export class LeakyReluArgs {
  x: usize; // [n]
  out: usize; // [n], may be x
  slope: f32; // for x < 0
}

/** @cost 0.35 @bytes 12 @inplace g saved */
@unmanaged
export class LeakyReluGradArgs {
  g: usize; // [n] gradient with respect to the output
  saved: usize; // [n] x
  out: usize; // [n] gradient with respect to x, may be g
  slope: f32; // for x < 0
}

/** @cost 0.7 @bytes 8 @inplace x */
@unmanaged
export class EluArgs {
  x: usize; // [n]
  out: usize; // [n], may be x
  alpha: f32; // elu falls to −alpha; not negative
}

/** @cost 0.35 @bytes 12 @inplace g saved */
@unmanaged
export class EluGradArgs {
  g: usize; // [n] gradient with respect to the output
  saved: usize; // [n] the output
  out: usize; // [n] gradient with respect to x, may be g
  alpha: f32; // not negative
}

@unmanaged
@final
class Relu {
  // pmax is one instruction, max is several. pmax lets a NaN through where x stands first.
  @inline v(x: v128, r: MapArgs): v128 {
    return f32x4.pmax(x, constant(C, 0));
  }
}

@unmanaged
@final
class ReluGrad {
  @inline v(g: v128, y: v128, r: GradientArgs): v128 {
    return v128.andnot(g, f32x4.le(y, constant(C, 0)));
  }
}

@unmanaged
@final
class LeakyRelu {
  @inline v(x: v128, r: LeakyReluArgs): v128 {
    const slope = v128.load32_splat(changetype<usize>(r), offsetof<LeakyReluArgs>("slope"));
    return v128.bitselect(f32x4.mul(x, slope), x, f32x4.lt(x, constant(C, 0)));
  }
}

@unmanaged
@final
class LeakyReluGrad {
  @inline v(g: v128, x: v128, r: LeakyReluGradArgs): v128 {
    const slope = v128.load32_splat(changetype<usize>(r), offsetof<LeakyReluGradArgs>("slope"));
    return v128.bitselect(g, f32x4.mul(g, slope), f32x4.gt(x, constant(C, 0)));
  }
}

@unmanaged
@final
class Elu {
  @inline v(x: v128, r: EluArgs): v128 {
    const alpha = v128.load32_splat(changetype<usize>(r), offsetof<EluArgs>("alpha"));
    return v128.bitselect(f32x4.mul(math.expm1(x), alpha), x, f32x4.lt(x, constant(C, 0)));
  }
}

@unmanaged
@final
class EluGrad {
  @inline v(g: v128, y: v128, r: EluGradArgs): v128 {
    const alpha = v128.load32_splat(changetype<usize>(r), offsetof<EluGradArgs>("alpha"));
    // A NaN is not above 0, and goes through the sum.
    return v128.bitselect(g, f32x4.mul(g, f32x4.add(y, alpha)), f32x4.gt(y, constant(C, 0)));
  }
}

@unmanaged
@final
class Sigmoid {
  @inline v(x: v128, r: MapArgs): v128 {
    return math.sigmoid(x);
  }
}

@unmanaged
@final
class SigmoidGrad {
  @inline v(g: v128, y: v128, r: GradientArgs): v128 {
    return f32x4.mul(g, f32x4.mul(y, f32x4.sub(constant(C, 1), y)));
  }
}

@unmanaged
@final
class Tanh {
  @inline v(x: v128, r: MapArgs): v128 {
    return math.tanh(x);
  }
}

@unmanaged
@final
class TanhGrad {
  @inline v(g: v128, y: v128, r: GradientArgs): v128 {
    return f32x4.mul(g, nmadd(y, y, constant(C, 1)));
  }
}

@unmanaged
@final
class Gelu {
  @inline v(x: v128, r: MapArgs): v128 {
    return normal.gelu(x);
  }
}

@unmanaged
@final
class GeluGrad {
  @inline v(g: v128, x: v128, r: GradientArgs): v128 {
    const near = f32x4.pmax(f32x4.pmin(x, constant(C, 5)), constant(C, 6));
    const density = math.expOfNegative(f32x4.mul(f32x4.mul(near, near), constant(C, 7)));
    return f32x4.mul(g, madd(f32x4.mul(near, constant(C, 8)), density, normal.cdf(x)));
  }
}

@unmanaged
@final
class GeluTanh {
  // ½(1 + tanh u) = sigmoid(2u)
  @inline v(x: v128, r: MapArgs): v128 {
    x = f32x4.pmax(x, constant(C, 12));
    const u = f32x4.mul(x, madd(f32x4.mul(x, x), constant(C, 10), constant(C, 9)));
    return math.timesSigmoid(x, u);
  }
}

@unmanaged
@final
class GeluTanhGrad {
  // with s = sigmoid(2u): s + x · s(1 − s) · 2u′
  @inline v(g: v128, x: v128, r: GradientArgs): v128 {
    x = f32x4.pmax(f32x4.pmin(x, constant(C, 13)), constant(C, 12));
    const x2 = f32x4.mul(x, x);
    const s = math.sigmoid(f32x4.mul(x, madd(x2, constant(C, 10), constant(C, 9))));
    const du = madd(x2, constant(C, 11), constant(C, 9));
    const slope = madd(f32x4.mul(x, du), f32x4.sub(constant(C, 1), s), constant(C, 1));
    return f32x4.mul(g, f32x4.mul(s, slope));
  }
}

@unmanaged
@final
class Silu {
  @inline v(x: v128, r: MapArgs): v128 {
    return math.timesSigmoid(f32x4.pmax(x, constant(C, 2)), x);
  }
}

@unmanaged
@final
class SiluGrad {
  // s + x · s(1 − s)
  @inline v(g: v128, x: v128, r: GradientArgs): v128 {
    x = f32x4.pmax(f32x4.pmin(x, constant(C, 3)), constant(C, 2));
    const s = math.sigmoid(x);
    return f32x4.mul(g, f32x4.mul(s, madd(x, f32x4.sub(constant(C, 1), s), constant(C, 1))));
  }
}

@unmanaged
@final
class Softplus {
  @inline v(x: v128, r: MapArgs): v128 {
    return math.softplus(x);
  }
}

@unmanaged
@final
class SoftplusGrad {
  @inline v(g: v128, x: v128, r: GradientArgs): v128 {
    return math.timesSigmoid(g, x);
  }
}

/** max(x, 0) */
export function relu(r: MapArgs, from: u32, to: u32): void {
  map<Relu, MapArgs>(r, from, to);
}

/** saved: output (or input). 0 at 0. */
export function reluGrad(r: GradientArgs, from: u32, to: u32): void {
  mapGradient<ReluGrad, GradientArgs>(r, from, to);
}

/** x, or slope · x for x < 0 */
export function leakyRelu(r: LeakyReluArgs, from: u32, to: u32): void {
  map<LeakyRelu, LeakyReluArgs>(r, from, to);
}

/** saved: input. slope at 0. */
export function leakyReluGrad(r: LeakyReluGradArgs, from: u32, to: u32): void {
  mapGradient<LeakyReluGrad, LeakyReluGradArgs>(r, from, to);
}

/** x, or alpha(eˣ − 1) for x < 0 */
export function elu(r: EluArgs, from: u32, to: u32): void {
  map<Elu, EluArgs>(r, from, to);
}

/** saved: output; alpha eˣ = y + alpha for x ≤ 0. */
export function eluGrad(r: EluGradArgs, from: u32, to: u32): void {
  mapGradient<EluGrad, EluGradArgs>(r, from, to);
}

/** 1/(1 + e⁻ˣ), see math.sigmoid @cost 0.7 */
export function sigmoid(r: MapArgs, from: u32, to: u32): void {
  map<Sigmoid, MapArgs>(r, from, to);
}

/** saved: output; y(1 − y). */
export function sigmoidGrad(r: GradientArgs, from: u32, to: u32): void {
  mapGradient<SigmoidGrad, GradientArgs>(r, from, to);
}

/** tanh x, see math.tanh @cost 0.6 */
export function tanh(r: MapArgs, from: u32, to: u32): void {
  map<Tanh, MapArgs>(r, from, to);
}

/** saved: output; 1 − y². */
export function tanhGrad(r: GradientArgs, from: u32, to: u32): void {
  mapGradient<TanhGrad, GradientArgs>(r, from, to);
}

/** x · Φ(x), absolute error at most 2e-7 · max(1, |x|) @cost 0.9 */
export function gelu(r: MapArgs, from: u32, to: u32): void {
  map<Gelu, MapArgs>(r, from, to);
}

/** saved: input; Φ(x) + x · φ(x). @cost 1.5 */
export function geluGrad(r: GradientArgs, from: u32, to: u32): void {
  mapGradientByPair<GeluGrad, GradientArgs>(r, from, to);
}

/** ½x(1 + tanh(√(2/π)(x + 0.044715x³))), absolute error at most 1.3e-7 · max(1, |x|) @cost 0.9 */
export function geluTanh(r: MapArgs, from: u32, to: u32): void {
  map<GeluTanh, MapArgs>(r, from, to);
}

/** saved: input. @cost 1.5 */
export function geluTanhGrad(r: GradientArgs, from: u32, to: u32): void {
  mapGradientByPair<GeluTanhGrad, GradientArgs>(r, from, to);
}

/** x · sigmoid(x), error 2.4 ulp @cost 0.8 */
export function silu(r: MapArgs, from: u32, to: u32): void {
  map<Silu, MapArgs>(r, from, to);
}

/** saved: input. @cost 1 */
export function siluGrad(r: GradientArgs, from: u32, to: u32): void {
  mapGradientByPair<SiluGrad, GradientArgs>(r, from, to);
}

/** ln(1 + eˣ), error 2.3 ulp @cost 1.2 */
export function softplus(r: MapArgs, from: u32, to: u32): void {
  mapByPair<Softplus, MapArgs>(r, from, to);
}

/** saved: input; sigmoid(x). @cost 0.8 */
export function softplusGrad(r: GradientArgs, from: u32, to: u32): void {
  mapGradient<SoftplusGrad, GradientArgs>(r, from, to);
}
