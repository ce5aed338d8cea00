/** Functions of one operand, elementwise over float32; `from` and `to` count elements. */
import { map, MapArgs, mapByPair } from "./map";
import { constant, math } from "./math";
import { normal } from "./normal";
import { mapSine, trigonometry } from "./trigonometry";

const C = memory.data<f32>([0, 1]);

const SIGNS = memory.data<u32>([
  0x80000000, // 0: sign
  0x3f800000, // 1: 1.0
]);

@unmanaged
@final
class Neg {
  @inline v(x: v128, r: MapArgs): v128 {
    return f32x4.neg(x);
  }
}

@unmanaged
@final
class Abs {
  @inline v(x: v128, r: MapArgs): v128 {
    return f32x4.abs(x);
  }
}

@unmanaged
@final
class Sign {
  @inline v(x: v128, r: MapArgs): v128 {
    return v128.bitselect(v128.or(v128.and(x, constant(SIGNS, 0)), constant(SIGNS, 1)), x, f32x4.gt(f32x4.abs(x), constant(C, 0)));
  }
}

@unmanaged
@final
class Sqrt {
  @inline v(x: v128, r: MapArgs): v128 {
    return f32x4.sqrt(x);
  }
}

@unmanaged
@final
class Rsqrt {
  @inline v(x: v128, r: MapArgs): v128 {
    return f32x4.div(constant(C, 1), f32x4.sqrt(x));
  }
}

@unmanaged
@final
class Reciprocal {
  @inline v(x: v128, r: MapArgs): v128 {
    return f32x4.div(constant(C, 1), x);
  }
}

@unmanaged
@final
class Square {
  @inline v(x: v128, r: MapArgs): v128 {
    return f32x4.mul(x, x);
  }
}

@unmanaged
@final
class Exp {
  @inline v(x: v128, r: MapArgs): v128 {
    return math.exp(x);
  }
}

@unmanaged
@final
class Expm1 {
  @inline v(x: v128, r: MapArgs): v128 {
    return math.expm1(x);
  }
}

@unmanaged
@final
class Log {
  @inline v(x: v128, r: MapArgs): v128 {
    return math.log(x);
  }
}

@unmanaged
@final
class Log1p {
  @inline v(x: v128, r: MapArgs): v128 {
    return math.log1p(x);
  }
}

@unmanaged
@final
class Sin {
  @inline v(x: v128, r: MapArgs): v128 {
    return trigonometry.sine(x, 0);
  }
}

@unmanaged
@final
class Cos {
  @inline v(x: v128, r: MapArgs): v128 {
    return trigonometry.sine(x, 1);
  }
}

@unmanaged
@final
class Erf {
  @inline v(x: v128, r: MapArgs): v128 {
    return normal.erf(x);
  }
}

@unmanaged
@final
class Floor {
  @inline v(x: v128, r: MapArgs): v128 {
    return f32x4.floor(x);
  }
}

@unmanaged
@final
class Ceil {
  @inline v(x: v128, r: MapArgs): v128 {
    return f32x4.ceil(x);
  }
}

@unmanaged
@final
class Round {
  @inline v(x: v128, r: MapArgs): v128 {
    return f32x4.nearest(x);
  }
}

@unmanaged
@final
class Trunc {
  @inline v(x: v128, r: MapArgs): v128 {
    return f32x4.trunc(x);
  }
}

/** −x */
export function neg(r: MapArgs, from: u32, to: u32): void {
  map<Neg, MapArgs>(r, from, to);
}

/** |x| */
export function abs(r: MapArgs, from: u32, to: u32): void {
  map<Abs, MapArgs>(r, from, to);
}

/** −1, 0 or 1; ±0 and NaN stay */
export function sign(r: MapArgs, from: u32, to: u32): void {
  map<Sign, MapArgs>(r, from, to);
}

/** √x, correctly rounded @cost 0.5 */
export function sqrt(r: MapArgs, from: u32, to: u32): void {
  map<Sqrt, MapArgs>(r, from, to);
}

/** 1/√x, at most 1 ulp @cost 0.9 */
export function rsqrt(r: MapArgs, from: u32, to: u32): void {
  map<Rsqrt, MapArgs>(r, from, to);
}

/** 1/x @cost 0.4 */
export function reciprocal(r: MapArgs, from: u32, to: u32): void {
  map<Reciprocal, MapArgs>(r, from, to);
}

/** x² */
export function square(r: MapArgs, from: u32, to: u32): void {
  map<Square, MapArgs>(r, from, to);
}

/** eˣ, see math.exp @cost 0.6 */
export function exp(r: MapArgs, from: u32, to: u32): void {
  map<Exp, MapArgs>(r, from, to);
}

/** eˣ − 1, see math.expm1 @cost 0.8 */
export function expm1(r: MapArgs, from: u32, to: u32): void {
  map<Expm1, MapArgs>(r, from, to);
}

/** ln x, see math.log @cost 0.7 */
export function log(r: MapArgs, from: u32, to: u32): void {
  map<Log, MapArgs>(r, from, to);
}

/** ln(1 + x), see math.log1p @cost 0.9 */
export function log1p(r: MapArgs, from: u32, to: u32): void {
  map<Log1p, MapArgs>(r, from, to);
}

/** sin x, see trigonometry.sine @cost 1 */
export function sin(r: MapArgs, from: u32, to: u32): void {
  mapSine<Sin>(r, from, to, 0);
}

/** cos x, see trigonometry.sine @cost 1 */
export function cos(r: MapArgs, from: u32, to: u32): void {
  mapSine<Cos>(r, from, to, 1);
}

/** erf x, see normal.erf @cost 0.8 */
export function erf(r: MapArgs, from: u32, to: u32): void {
  mapByPair<Erf, MapArgs>(r, from, to);
}

/** the next integer below */
export function floor(r: MapArgs, from: u32, to: u32): void {
  map<Floor, MapArgs>(r, from, to);
}

/** the next integer above */
export function ceil(r: MapArgs, from: u32, to: u32): void {
  map<Ceil, MapArgs>(r, from, to);
}

/** the nearest integer, halves to even */
export function round(r: MapArgs, from: u32, to: u32): void {
  map<Round, MapArgs>(r, from, to);
}

/** the next integer towards 0 */
export function trunc(r: MapArgs, from: u32, to: u32): void {
  map<Trunc, MapArgs>(r, from, to);
}
