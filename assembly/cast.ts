/**
 * Conversion of element types. To an integer type, fractions are cut towards 0; NaN and numbers outside the type are reported. A bool
 * is a byte, 0 for zero and 1 for everything else, NaN included. Only the JS twins compute float64. Ranges count elements.
 */
import { storeStep } from "./map";
import { copyBytes } from "./movement";
import { Status, fail } from "./threads";

/** Element types by their numbers in records. @host */
enum ElementType {
  Float32 = 0,
  /** Only the JS twins compute it. */
  Float64 = 1,
  Int32 = 2,
  Uint8 = 3,
  Bool = 4,
}

const LIMIT = memory.data<f32>([2147483648.0]); // 2³¹
/** The bounds of what becomes a byte, neither included: a fraction is cut. */
const BYTE_BOUNDS = memory.data<f32>([-1, 256]);
/** The bits that no byte has. */
const ABOVE_BYTE = memory.data<i32>([~0xff]);

/** @cost 0.2 */
@unmanaged
export class CastArgs {
  x: usize; // [n] of type source
  out: usize; // [n] of type target
  source: i32; // type by number: 0 float32, 1 float64 (the twin only), 2 int32, 3 uint8, 4 bool
  target: i32; // type by number
}

/** out[i] = x[i] in the type of out. One that an integer type does not hold is reported, and replaced by the nearest that it holds. */
export function cast(r: CastArgs, from: u32, to: u32): void {
  if (r.source == r.target) {
    const bytes: usize = r.source >= ElementType.Uint8 ? 1 : 4;
    copyBytes(r.out + bytes * from, r.x + bytes * from, bytes * (to - from));
  } else if (r.source == ElementType.Float32) {
    if (r.target == ElementType.Int32) narrow<FloatToInt, f32, i32>(r.x, r.out, from, to, Status.Overflow);
    else if (r.target == ElementType.Uint8) narrow<FloatToByte, f32, u8>(r.x, r.out, from, to, Status.Overflow);
    else convert<FloatToBool, f32, u8>(r, from, to);
  } else if (r.source == ElementType.Int32) {
    if (r.target == ElementType.Float32) convert<IntToFloat, i32, f32>(r, from, to);
    else if (r.target == ElementType.Uint8) narrow<IntToByte, i32, u8>(r.x, r.out, from, to, Status.Overflow);
    else convert<IntToBool, i32, u8>(r, from, to);
  } else if (r.target == ElementType.Float32) convert<ByteToFloat, u8, f32>(r, from, to);
  else if (r.target == ElementType.Int32) convert<ByteToInt, u8, i32>(r, from, to);
  else if (r.target == ElementType.Bool) convert<ByteToBool, u8, u8>(r, from, to);
  else copyBytes(r.out + from, r.x + from, to - from); // bool to uint8
}

/** @cost 0.25 @bytes 8 */
@unmanaged
export class WholeNumbersArgs {
  x: usize; // float32 [n]; the twin also takes float64
  out: usize; // int32 [n]
}

/** out[i] = x[i] in int32. An element that is not whole, or is outside int32, is reported; out[i] is then undefined. */
export function wholeNumbers(r: WholeNumbersArgs, from: u32, to: u32): void {
  narrow<FloatToWhole, f32, i32>(r.x, r.out, from, to, Status.NotWhole);
}

/** out[i] = F(x[i]) from elements of type X to elements of type Y, which holds all of them. F has `sixteen` and `one`. */
function convert<F, X, Y>(r: CastArgs, from: u32, to: u32): void {
  let x = r.x + <usize>from * sizeof<X>(), out = r.out + <usize>from * sizeof<Y>();
  const end = r.out + <usize>to * sizeof<Y>();
  for (; end - out >= 16 * sizeof<Y>(); x += 16 * sizeof<X>(), out += 16 * sizeof<Y>()) changetype<F>(0).sixteen(x, out);
  for (; out < end; x += sizeof<X>(), out += sizeof<Y>()) changetype<F>(0).one(x, out);
}

/** The same where Y does not hold all of X: `sixteen` and `one` of F say whether it holds what they were given. `fault` is reported if not. */
function narrow<F, X, Y>(source: usize, target: usize, from: u32, to: u32, fault: Status): void {
  let x = source + <usize>from * sizeof<X>(), out = target + <usize>from * sizeof<Y>();
  const end = target + <usize>to * sizeof<Y>();
  while (out < end) {
    if (end - out >= 16 * sizeof<Y>() && changetype<F>(0).sixteen(x, out)) {
      x += 16 * sizeof<X>();
      out += 16 * sizeof<Y>();
      continue;
    }
    // The last elements, or sixteen of which at least one does not fit: one by one, to find its position.
    for (const last = min(out + 16 * sizeof<Y>(), end); out < last; x += sizeof<X>(), out += sizeof<Y>()) {
      if (!changetype<F>(0).one(x, out)) fail(fault, <u32>((out - target) / sizeof<Y>()));
    }
  }
}

@unmanaged
@final
class FloatToInt {
  @inline sixteen(x: usize, out: usize): bool {
    const a = v128.load(x), b = v128.load(x, 16), c = v128.load(x, 32), d = v128.load(x, 48);
    const i = i32x4.trunc_sat_f32x4_s(a), j = i32x4.trunc_sat_f32x4_s(b);
    storeStep(out, i, j, i32x4.trunc_sat_f32x4_s(c), i32x4.trunc_sat_f32x4_s(d));
    return i32x4.all_true(v128.and(v128.and(isInt(a), isInt(b)), v128.and(isInt(c), isInt(d))));
  }
  @inline one(x: usize, out: usize): bool {
    const v = load<f32>(x);
    store<i32>(out, <i32>v);
    return v >= -load<f32>(LIMIT) && v < load<f32>(LIMIT);
  }
}

@unmanaged
@final
class FloatToWhole {
  @inline sixteen(x: usize, out: usize): bool {
    const a = v128.load(x), b = v128.load(x, 16), c = v128.load(x, 32), d = v128.load(x, 48);
    const i = i32x4.trunc_sat_f32x4_s(a), j = i32x4.trunc_sat_f32x4_s(b);
    const k = i32x4.trunc_sat_f32x4_s(c), l = i32x4.trunc_sat_f32x4_s(d);
    storeStep(out, i, j, k, l);
    return i32x4.all_true(v128.and(v128.and(isWhole(a, i), isWhole(b, j)), v128.and(isWhole(c, k), isWhole(d, l))));
  }
  @inline one(x: usize, out: usize): bool {
    const v = load<f32>(x), y = <i32>v;
    store<i32>(out, y);
    return <f32>y == v && v < load<f32>(LIMIT);
  }
}

@unmanaged
@final
class FloatToByte {
  @inline sixteen(x: usize, out: usize): bool {
    const a = v128.load(x), b = v128.load(x, 16), c = v128.load(x, 32), d = v128.load(x, 48);
    const i = i32x4.trunc_sat_f32x4_s(a), j = i32x4.trunc_sat_f32x4_s(b);
    v128.store(out, bytes(i, j, i32x4.trunc_sat_f32x4_s(c), i32x4.trunc_sat_f32x4_s(d)));
    return i32x4.all_true(v128.and(v128.and(isByte(a), isByte(b)), v128.and(isByte(c), isByte(d))));
  }
  @inline one(x: usize, out: usize): bool {
    const v = load<f32>(x);
    store<u8>(out, <u8>min(max(<i32>v, 0), 255));
    return v > load<f32>(BYTE_BOUNDS) && v < load<f32>(BYTE_BOUNDS, 4);
  }
}

@unmanaged
@final
class FloatToBool {
  @inline sixteen(x: usize, out: usize): void {
    const zero = f32x4.splat(0);
    const a = f32x4.ne(v128.load(x), zero), b = f32x4.ne(v128.load(x, 16), zero);
    v128.store(out, bools(a, b, f32x4.ne(v128.load(x, 32), zero), f32x4.ne(v128.load(x, 48), zero)));
  }
  @inline one(x: usize, out: usize): void {
    store<u8>(out, u8(load<f32>(x) != 0));
  }
}

@unmanaged
@final
class IntToFloat {
  @inline sixteen(x: usize, out: usize): void {
    const i = f32x4.convert_i32x4_s(v128.load(x)), j = f32x4.convert_i32x4_s(v128.load(x, 16));
    storeStep(out, i, j, f32x4.convert_i32x4_s(v128.load(x, 32)), f32x4.convert_i32x4_s(v128.load(x, 48)));
  }
  @inline one(x: usize, out: usize): void {
    store<f32>(out, <f32>load<i32>(x));
  }
}

@unmanaged
@final
class IntToByte {
  @inline sixteen(x: usize, out: usize): bool {
    const a = v128.load(x), b = v128.load(x, 16), c = v128.load(x, 32), d = v128.load(x, 48);
    v128.store(out, bytes(a, b, c, d));
    return !v128.any_true(v128.and(v128.or(v128.or(a, b), v128.or(c, d)), v128.load32_splat(ABOVE_BYTE)));
  }
  @inline one(x: usize, out: usize): bool {
    const v = load<i32>(x);
    store<u8>(out, <u8>min(max(v, 0), 255));
    return !(v & load<i32>(ABOVE_BYTE));
  }
}

@unmanaged
@final
class IntToBool {
  @inline sixteen(x: usize, out: usize): void {
    const zero = i32x4.splat(0);
    const a = i32x4.ne(v128.load(x), zero), b = i32x4.ne(v128.load(x, 16), zero);
    v128.store(out, bools(a, b, i32x4.ne(v128.load(x, 32), zero), i32x4.ne(v128.load(x, 48), zero)));
  }
  @inline one(x: usize, out: usize): void {
    store<u8>(out, u8(load<i32>(x) != 0));
  }
}

@unmanaged
@final
class ByteToInt {
  @inline sixteen(x: usize, out: usize): void {
    const v = v128.load(x), low = i16x8.extend_low_i8x16_u(v), high = i16x8.extend_high_i8x16_u(v);
    const i = i32x4.extend_low_i16x8_u(low), j = i32x4.extend_high_i16x8_u(low);
    storeStep(out, i, j, i32x4.extend_low_i16x8_u(high), i32x4.extend_high_i16x8_u(high));
  }
  @inline one(x: usize, out: usize): void {
    store<i32>(out, load<u8>(x));
  }
}

@unmanaged
@final
class ByteToFloat {
  @inline sixteen(x: usize, out: usize): void {
    const v = v128.load(x), low = i16x8.extend_low_i8x16_u(v), high = i16x8.extend_high_i8x16_u(v);
    const i = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(low));
    const j = f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(low));
    const k = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(high));
    storeStep(out, i, j, k, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(high)));
  }
  @inline one(x: usize, out: usize): void {
    store<f32>(out, <f32>load<u8>(x));
  }
}

@unmanaged
@final
class ByteToBool {
  @inline sixteen(x: usize, out: usize): void {
    v128.store(out, i8x16.abs(i8x16.ne(v128.load(x), i8x16.splat(0)))); // −1 → 1
  }
  @inline one(x: usize, out: usize): void {
    store<u8>(out, u8(load<u8>(x) != 0));
  }
}

/** Whether each of four floats, its fraction cut, is an int32. −2³¹ is one, but counts as outside here: it is rare, and `one` is right for it. */
@inline
function isInt(v: v128): v128 {
  return f32x4.lt(f32x4.abs(v), v128.load32_splat(LIMIT));
}

/** Whether each of four floats is the int32 that it was cut to. */
@inline
function isWhole(v: v128, cut: v128): v128 {
  return v128.and(f32x4.eq(f32x4.convert_i32x4_s(cut), v), f32x4.lt(v, v128.load32_splat(LIMIT)));
}

/** Whether each of four floats, its fraction cut, is a byte. */
@inline
function isByte(v: v128): v128 {
  return v128.and(f32x4.gt(v, v128.load32_splat(BYTE_BOUNDS)), f32x4.lt(v, v128.load32_splat(BYTE_BOUNDS, 4)));
}

/** Sixteen integers as bytes; what is no byte becomes the nearest one. */
@inline
function bytes(a: v128, b: v128, c: v128, d: v128): v128 {
  return i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
}

/** Sixteen lanes of 0 (false) and −1 (true) as bytes 0 and 1. */
@inline
function bools(a: v128, b: v128, c: v128, d: v128): v128 {
  return i8x16.abs(i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)));
}
