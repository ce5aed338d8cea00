/** Arithmetic of bools, which are bytes 0 and 1, with broadcasting; the range counts output elements. */
import { BinaryArgs, broadcast } from "./broadcast";
import { STEP, storeStep } from "./map";

/** A row of bytes = F(a, b). */
@unmanaged
@final
class ByteRow<F> {
  @inline bytes(): usize { return 1; }
  @inline row(a: usize, advanceA: usize, b: usize, advanceB: usize, base: usize, from: u32, n: u32): void {
    let out = base + from;
    const end = out + n;
    for (const steps = out + (n & ~(STEP - 1)); out < steps; out += STEP, a += advanceA, b += advanceB) {
      const first = changetype<F>(0).v(v128.load(a), v128.load(b));
      const second = changetype<F>(0).v(v128.load(a, 16), v128.load(b, 16));
      const third = changetype<F>(0).v(v128.load(a, 32), v128.load(b, 32));
      const fourth = changetype<F>(0).v(v128.load(a, 48), v128.load(b, 48));
      storeStep(out, first, second, third, fourth);
    }
    for (; out < end; out++, a += advanceA / STEP, b += advanceB / STEP) {
      v128.store_lane<u8>(out, changetype<F>(0).v(v128.load8_splat(a), v128.load8_splat(b)), 0);
    }
  }
}

@unmanaged
@final
class Both {
  @inline v(a: v128, b: v128): v128 {
    return v128.and(a, b);
  }
}

@unmanaged
@final
class Either {
  @inline v(a: v128, b: v128): v128 {
    return v128.or(a, b);
  }
}

/** a and b @cost 0.05 @bytes 1 + a3 + b3 */
export function both(r: BinaryArgs, from: u32, to: u32): void {
  broadcast<ByteRow<Both>>(r, from, to);
}

/** a or b @cost 0.05 @bytes 1 + a3 + b3 */
export function either(r: BinaryArgs, from: u32, to: u32): void {
  broadcast<ByteRow<Either>>(r, from, to);
}
