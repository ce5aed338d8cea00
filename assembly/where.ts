/** The choice between two float32 operands by a uint8 condition. All three are broadcast, as broadcast.ts explains. */
import { operand } from "./broadcast";
import { constant } from "./math";
import { scratch } from "./threads";

const ZERO = memory.data<f32>([0]);

/** @cost 0.5 @bytes 13 */
@unmanaged
export class WhereArgs {
  condition: usize; // uint8
  a: usize; // taken where the condition is not 0
  b: usize; // taken where it is 0
  out: usize; // [n0, n1, n2, n3]
  n1: u32; // sizes; the outermost, n0, follows from the range
  n2: u32;
  n3: u32;
  c0: u32; // strides of the condition in elements, 0 where it is broadcast
  c1: u32;
  c2: u32;
  c3: u32; // 0 or 1
  a0: u32; // strides of a
  a1: u32;
  a2: u32;
  a3: u32; // 0 or 1
  b0: u32; // strides of b
  b1: u32;
  b2: u32;
  b3: u32; // 0 or 1
}

/** out = condition ? a : b; the range counts output elements. */
export function where(r: WhereArgs, from: u32, to: u32): void {
  while (from < to) {
    const i3 = from % r.n3;
    let rest = from / r.n3;
    const i2 = rest % r.n2;
    rest /= r.n2;
    const i1 = rest % r.n1;
    const i0 = rest / r.n1;
    const n = min(r.n3 - i3, to - from);
    let condition = r.condition + (i0 * r.c0 + i1 * r.c1 + i2 * r.c2 + i3 * r.c3);
    if (!r.c3) {
      store<u32>(scratch(), <u32>load<u8>(condition) * 0x01010101, 32);
      condition = scratch() + 32;
    }
    const a = r.a + (<usize>(i0 * r.a0 + i1 * r.a1 + i2 * r.a2 + i3 * r.a3) << 2);
    const b = r.b + (<usize>(i0 * r.b0 + i1 * r.b1 + i2 * r.b2 + i3 * r.b3) << 2);
    row(condition, r.c3 << 2, operand(a, r.a3, 0, 4), r.a3 << 4, operand(b, r.b3, 16, 4), r.b3 << 4, r.out + (<usize>from << 2), n);
    from += n;
  }
}

/** Computes n elements of a row. The steps are bytes from four elements to the next four. */
function row(condition: usize, stepC: usize, a: usize, stepA: usize, b: usize, stepB: usize, out: usize, n: u32): void {
  const end = out + (<usize>n << 2);
  for (const wide = out + (<usize>(n & ~3) << 2); out < wide; condition += stepC, a += stepA, b += stepB, out += 16) {
    const no = i32x4.eq(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(condition))), constant(ZERO, 0));
    v128.store(out, v128.bitselect(v128.load(b), v128.load(a), no));
  }
  for (; out < end; condition += stepC >> 2, a += stepA >> 2, b += stepB >> 2, out += 4) {
    store<f32>(out, load<u8>(condition) ? load<f32>(a) : load<f32>(b));
  }
}
