/**
 * Comparisons of float32 or int32 with broadcasting, to uint8 0 or 1; the range counts output elements. NaN differs from every number,
 * itself included.
 */
import { BinaryArgs, broadcast } from "./broadcast";

/**
 * A row of uint8 = F(a, b). Sixteen bytes come from four vectors, of which no two go the same way, so that nothing packs. From the L2
 * cache on the time is that of reading the operands.
 */
@unmanaged
@final
class MaskRow<F> {
  @inline bytes(): usize { return 4; }
  @inline row(a: usize, advanceA: usize, b: usize, advanceB: usize, base: usize, from: u32, n: u32): void {
    let out = base + from;
    const end = out + n;
    for (const steps = out + (n & ~15); out < steps; out += 16, a += advanceA, b += advanceB) {
      const y0 = changetype<F>(0).v(v128.load(a), v128.load(b));
      const y1 = changetype<F>(0).v(v128.load(a, 16), v128.load(b, 16));
      const y2 = changetype<F>(0).v(v128.load(a, 32), v128.load(b, 32));
      const y3 = changetype<F>(0).v(v128.load(a, 48), v128.load(b, 48));
      v128.store(out, i8x16.abs(i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(y0, y1), i16x8.narrow_i32x4_s(y2, y3)))); // −1 → 1
    }
    for (; out < end; out++, a += advanceA >> 4, b += advanceB >> 4) {
      const y = changetype<F>(0).v(v128.load32_splat(a), v128.load32_splat(b));
      v128.store_lane<u8>(out, i8x16.abs(y), 0);
    }
  }
}

@unmanaged
@final
class Equal {
  @inline v(a: v128, b: v128): v128 {
    return f32x4.eq(a, b);
  }
}

@unmanaged
@final
class NotEqual {
  @inline v(a: v128, b: v128): v128 {
    return f32x4.ne(a, b);
  }
}

@unmanaged
@final
class Less {
  @inline v(a: v128, b: v128): v128 {
    return f32x4.lt(a, b);
  }
}

@unmanaged
@final
class LessOrEqual {
  @inline v(a: v128, b: v128): v128 {
    return f32x4.le(a, b);
  }
}

@unmanaged
@final
class Greater {
  @inline v(a: v128, b: v128): v128 {
    return f32x4.gt(a, b);
  }
}

@unmanaged
@final
class GreaterOrEqual {
  @inline v(a: v128, b: v128): v128 {
    return f32x4.ge(a, b);
  }
}

@unmanaged
@final
class EqualInts {
  @inline v(a: v128, b: v128): v128 {
    return i32x4.eq(a, b);
  }
}

@unmanaged
@final
class NotEqualInts {
  @inline v(a: v128, b: v128): v128 {
    return i32x4.ne(a, b);
  }
}

@unmanaged
@final
class LessInts {
  @inline v(a: v128, b: v128): v128 {
    return i32x4.lt_s(a, b);
  }
}

@unmanaged
@final
class LessOrEqualInts {
  @inline v(a: v128, b: v128): v128 {
    return i32x4.le_s(a, b);
  }
}

/** out = a == b @bytes 1 + 4 * (a3 + b3) @narrow */
export function eq(r: BinaryArgs, from: u32, to: u32): void {
  broadcast<MaskRow<Equal>>(r, from, to);
}

/** out = a != b @bytes 1 + 4 * (a3 + b3) @narrow */
export function ne(r: BinaryArgs, from: u32, to: u32): void {
  broadcast<MaskRow<NotEqual>>(r, from, to);
}

/** out = a < b @bytes 1 + 4 * (a3 + b3) @narrow */
export function lt(r: BinaryArgs, from: u32, to: u32): void {
  broadcast<MaskRow<Less>>(r, from, to);
}

/** out = a <= b @bytes 1 + 4 * (a3 + b3) @narrow */
export function le(r: BinaryArgs, from: u32, to: u32): void {
  broadcast<MaskRow<LessOrEqual>>(r, from, to);
}

/** out = a > b @bytes 1 + 4 * (a3 + b3) @narrow */
export function gt(r: BinaryArgs, from: u32, to: u32): void {
  broadcast<MaskRow<Greater>>(r, from, to);
}

/** out = a >= b @bytes 1 + 4 * (a3 + b3) @narrow */
export function ge(r: BinaryArgs, from: u32, to: u32): void {
  broadcast<MaskRow<GreaterOrEqual>>(r, from, to);
}

/** out = a == b of int32 @bytes 1 + 4 * (a3 + b3) @narrow */
export function eqInts(r: BinaryArgs, from: u32, to: u32): void {
  broadcast<MaskRow<EqualInts>>(r, from, to);
}

/** out = a != b of int32 @bytes 1 + 4 * (a3 + b3) @narrow */
export function neInts(r: BinaryArgs, from: u32, to: u32): void {
  broadcast<MaskRow<NotEqualInts>>(r, from, to);
}

/** out = a < b of int32 @bytes 1 + 4 * (a3 + b3) @narrow */
export function ltInts(r: BinaryArgs, from: u32, to: u32): void {
  broadcast<MaskRow<LessInts>>(r, from, to);
}

/** out = a <= b of int32 @bytes 1 + 4 * (a3 + b3) @narrow */
export function leInts(r: BinaryArgs, from: u32, to: u32): void {
  broadcast<MaskRow<LessOrEqualInts>>(r, from, to);
}
