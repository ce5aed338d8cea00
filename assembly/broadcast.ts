/**
 * Two operands broadcast against each other by NumPy's rule. The output is contiguous, [n0, n1, n2, n3]. The caller merges
 * adjacent dimensions along which both operands are contiguous, or both broadcast, so that equal shapes are one row. A functor
 * computes a row. The range counts output elements and may begin and end inside rows.
 */
import { mapRow2, STEP, storeStep } from "./map";
import { scratch } from "./threads";

/** The number of axes in a record of two broadcast operands. @host */
export const BROADCAST_AXES: u32 = 4;

/** @cost 0.3 @bytes 4 * (1 + a3 + b3) @inplace a b */
@unmanaged
export class BinaryArgs {
  a: usize; // first operand
  b: usize; // second operand
  out: usize; // [n0, n1, n2, n3]; may be an operand that is not broadcast
  n1: u32; // sizes; the outermost, n0, follows from the range
  n2: u32;
  n3: u32;
  a0: u32; // strides of a in elements, 0 where it is broadcast
  a1: u32;
  a2: u32;
  a3: u32; // 0 or 1
  b0: u32; // strides of b
  b1: u32;
  b2: u32;
  b3: u32; // 0 or 1
}

/**
 * Calls Row for each piece of a row within the range: n elements of a and b become out[from …]. An operand advances by STEP bytes from
 * step to step, or by 0 where it is broadcast. `bytes` of a Row is the size of the operands' elements.
 */
export function broadcast<Row>(r: BinaryArgs, from: u32, to: u32): void {
  if (from >= to) return;
  const n1 = r.n1;
  const n2 = r.n2;
  const n3 = r.n3;
  const advanceA = r.a3 * STEP;
  const advanceB = r.b3 * STEP;
  let row = from / n3;
  let column = from - row * n3;
  let i2 = row % n2;
  row /= n2;
  let i1 = row % n1;
  let i0 = row / n1;
  while (true) {
    const n = min(n3 - column, to - from);
    const bytes = changetype<Row>(0).bytes();
    const a = r.a + <usize>(i0 * r.a0 + i1 * r.a1 + i2 * r.a2 + column * r.a3) * bytes;
    const b = r.b + <usize>(i0 * r.b0 + i1 * r.b1 + i2 * r.b2 + column * r.b3) * bytes;
    changetype<Row>(0).row(operand(a, r.a3, 0, bytes), advanceA, operand(b, r.b3, STEP, bytes), advanceB, r.out, from, n);
    from += n;
    if (from == to) return;
    column = 0;
    if (++i2 < n2) continue;
    i2 = 0;
    if (++i1 < n1) continue;
    i1 = 0;
    i0++;
  }
}

/**
 * The address from which a row's vectors are read. A broadcast element of 4 bytes or 1 is copied to the STEP bytes at `spare`, which
 * serve all steps.
 */
@inline
export function operand(at: usize, advances: u32, spare: usize, bytes: usize): usize {
  if (advances) return at;
  const copies = bytes == 1 ? v128.load8_splat(at) : v128.load32_splat(at);
  storeStep(scratch() + spare, copies, copies, copies, copies);
  return scratch() + spare;
}

/** A row of float32 = F(a, b). */
@unmanaged
@final
export class FloatRow<F> {
  @inline bytes(): usize { return 4; }
  @inline row(a: usize, advanceA: usize, b: usize, advanceB: usize, base: usize, from: u32, n: u32): void {
    mapRow2<F, usize>(0, a, advanceA, b, advanceB, base + (<usize>from << 2), n);
  }
}
