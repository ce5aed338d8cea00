/** The choice between two float32 operands by a uint8 condition. All three are broadcast, as broadcast.ts explains. */
import { operand } from "./broadcast";
import { STEP, storeStep } from "./map";

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
    const condition = operand(r.condition + (i0 * r.c0 + i1 * r.c1 + i2 * r.c2 + i3 * r.c3), r.c3, 0, 1);
    const a = operand(r.a + (<usize>(i0 * r.a0 + i1 * r.a1 + i2 * r.a2 + i3 * r.a3) << 2), r.a3, STEP, 4);
    const b = operand(r.b + (<usize>(i0 * r.b0 + i1 * r.b1 + i2 * r.b2 + i3 * r.b3) << 2), r.b3, 2 * STEP, 4);
    row(condition, r.c3 << 4, a, r.a3 * STEP, b, r.b3 * STEP, r.out + (<usize>from << 2), n);
    from += n;
  }
}

/** Computes n elements of a row. The operands advance by so many bytes from sixteen elements to the next. */
function row(condition: usize, advanceC: usize, a: usize, advanceA: usize, b: usize, advanceB: usize, out: usize, n: u32): void {
  const end = out + (<usize>n << 2);
  const zero = i32x4.splat(0);
  for (const steps = out + ((end - out) & ~(STEP - 1)); out < steps; condition += advanceC, a += advanceA, b += advanceB, out += STEP) {
    const no = i8x16.eq(v128.load(condition), zero);
    const low = i16x8.extend_low_i8x16_s(no), high = i16x8.extend_high_i8x16_s(no);
    const first = v128.bitselect(v128.load(b), v128.load(a), i32x4.extend_low_i16x8_s(low));
    const second = v128.bitselect(v128.load(b, 16), v128.load(a, 16), i32x4.extend_high_i16x8_s(low));
    const third = v128.bitselect(v128.load(b, 32), v128.load(a, 32), i32x4.extend_low_i16x8_s(high));
    const fourth = v128.bitselect(v128.load(b, 48), v128.load(a, 48), i32x4.extend_high_i16x8_s(high));
    storeStep(out, first, second, third, fourth);
  }
  for (; out < end; condition += advanceC >> 4, a += advanceA >> 4, b += advanceB >> 4, out += 4) {
    store<f32>(out, load<u8>(condition) ? load<f32>(a) : load<f32>(b));
  }
}
