/**
 * Binary arithmetic with broadcasting, and kernels that change or fill a tensor in place, over float32. The range counts output
 * elements.
 */
import { BinaryArgs, broadcast, FloatRow } from "./broadcast";
import { map, map2, MapArgs, STEP, storeStep } from "./map";
import { power } from "./power";
import { madd } from "./simd";

/** @cost 0.3 @flops 2 @bytes 12 */
@unmanaged
export class AddScaledArgs {
  x: usize; // [n]
  out: usize; // [n]
  scale: f32; // s
}

/** @cost 0.12 @bytes 4 */
@unmanaged
export class FillArgs {
  out: usize; // [n]
  value: f32; // for every element
}

/** @cost 0.25 @bytes 8 @inplace x */
@unmanaged
export class ClampArgs {
  x: usize; // [n]
  out: usize; // [n], may be x
  min: f32; // −∞ for none
  max: f32; // +∞ for none
}

/** @cost 0.35 @bytes 12 @inplace g saved */
@unmanaged
export class ClampGradArgs {
  g: usize; // [n] gradient with respect to the output
  saved: usize; // [n] the input
  out: usize; // [n] gradient with respect to the input, may be g
  min: f32; // −∞ for none
  max: f32; // +∞ for none
}

@unmanaged
@final
class Add {
  @inline v(a: v128, b: v128, r: usize): v128 {
    return f32x4.add(a, b);
  }
}

@unmanaged
@final
class Sub {
  @inline v(a: v128, b: v128, r: usize): v128 {
    return f32x4.sub(a, b);
  }
}

@unmanaged
@final
class Mul {
  @inline v(a: v128, b: v128, r: usize): v128 {
    return f32x4.mul(a, b);
  }
}

@unmanaged
@final
class Div {
  @inline v(a: v128, b: v128, r: usize): v128 {
    return f32x4.div(a, b);
  }
}

@unmanaged
@final
class Maximum {
  @inline v(a: v128, b: v128, r: usize): v128 {
    return v128.or(f32x4.pmax(a, b), f32x4.ne(b, b));
  }
}

@unmanaged
@final
class Minimum {
  @inline v(a: v128, b: v128, r: usize): v128 {
    return v128.or(f32x4.pmin(a, b), f32x4.ne(b, b));
  }
}

@unmanaged
@final
class Pow {
  @inline v(a: v128, b: v128, r: usize): v128 {
    return power.pow(a, b);
  }
}

@unmanaged
@final
class Accumulate {
  @inline v(x: v128, out: v128, r: MapArgs): v128 {
    return f32x4.add(out, x);
  }
}

@unmanaged
@final
class AddScaled {
  @inline v(x: v128, out: v128, r: AddScaledArgs): v128 {
    return madd(x, v128.load32_splat(changetype<usize>(r), offsetof<AddScaledArgs>("scale")), out);
  }
}

@unmanaged
@final
class Clamp {
  @inline v(x: v128, r: ClampArgs): v128 {
    const least = v128.load32_splat(changetype<usize>(r), offsetof<ClampArgs>("min"));
    const most = v128.load32_splat(changetype<usize>(r), offsetof<ClampArgs>("max"));
    return f32x4.pmin(f32x4.pmax(x, least), most);
  }
}

@unmanaged
@final
class ClampGrad {
  @inline v(g: v128, x: v128, r: ClampGradArgs): v128 {
    const least = v128.load32_splat(changetype<usize>(r), offsetof<ClampGradArgs>("min"));
    const most = v128.load32_splat(changetype<usize>(r), offsetof<ClampGradArgs>("max"));
    return v128.and(g, v128.and(f32x4.ge(x, least), f32x4.le(x, most)));
  }
}

/** a + b @flops 1 */
export function add(r: BinaryArgs, from: u32, to: u32): void {
  broadcast<FloatRow<Add>>(r, from, to);
}

/** a − b @flops 1 */
export function sub(r: BinaryArgs, from: u32, to: u32): void {
  broadcast<FloatRow<Sub>>(r, from, to);
}

/** a · b @flops 1 */
export function mul(r: BinaryArgs, from: u32, to: u32): void {
  broadcast<FloatRow<Mul>>(r, from, to);
}

/** a / b @cost 0.4 @flops 1 */
export function div(r: BinaryArgs, from: u32, to: u32): void {
  broadcast<FloatRow<Div>>(r, from, to);
}

/** the larger, a if equal, NaN if either is */
export function maximum(r: BinaryArgs, from: u32, to: u32): void {
  broadcast<FloatRow<Maximum>>(r, from, to);
}

/** the smaller, a if equal, NaN if either is */
export function minimum(r: BinaryArgs, from: u32, to: u32): void {
  broadcast<FloatRow<Minimum>>(r, from, to);
}

/** a^b, see power.pow @cost 3 */
export function pow(r: BinaryArgs, from: u32, to: u32): void {
  broadcast<FloatRow<Pow>>(r, from, to);
}

/** out += x @flops 1 @bytes 12 */
export function accumulate(r: MapArgs, from: u32, to: u32): void {
  map2<Accumulate, MapArgs>(r, r.x, r.out, r.out, from, to);
}

/** out += s · x */
export function addScaled(r: AddScaledArgs, from: u32, to: u32): void {
  map2<AddScaled, AddScaledArgs>(r, r.x, r.out, r.out, from, to);
}

/** min(max(x, r.min), r.max); NaN stays */
export function clamp(r: ClampArgs, from: u32, to: u32): void {
  map<Clamp, ClampArgs>(r, from, to);
}

/** saved: input; g where min ≤ x ≤ max, else 0 */
export function clampGrad(r: ClampGradArgs, from: u32, to: u32): void {
  map2<ClampGrad, ClampGradArgs>(r, r.g, r.saved, r.out, from, to);
}

/** out = x @narrow */
export function copy(r: MapArgs, from: u32, to: u32): void {
  const at = <usize>from << 2;
  memory.copy(r.out + at, r.x + at, <usize>(to - from) << 2);
}

/** out = value */
export function fill(r: FillArgs, from: u32, to: u32): void {
  const value = v128.load32_splat(changetype<usize>(r), offsetof<FillArgs>("value"));
  const end = r.out + (<usize>to << 2);
  let out = r.out + (<usize>from << 2);
  for (const steps = out + ((end - out) & ~(STEP - 1)); out < steps; out += STEP) storeStep(out, value, value, value, value);
  for (; out < end; out += 4) v128.store_lane<f32>(out, value, 0);
}
