/** The limit of the machine's arithmetic, against which benchmarks hold kernels. (`copy` of arithmetic.ts is the limit of its memory.) */
import { madd } from "./simd";

/** Floating-point operations of a round of `multiplyAdds`. @host */
export const ROUND_FLOPS: u32 = 384;

/** @flops 384 */
@unmanaged
export class LimitArgs {
  x: usize; // [64] 48 accumulators, kept from round to round; then factor, addend
}

/**
 * Multiply-adds in registers: x = factor · x + addend, four times a round in each of twelve vectors, 384 FLOP a round.
 * Twelve chains cover the latency (4 cycles) of two units. @alone @even
 */
export function multiplyAdds(r: LimitArgs, from: u32, to: u32): void {
  const x = r.x, factor = v128.load32_splat(x, 192), addend = v128.load32_splat(x, 196);
  let x0 = v128.load(x), x1 = v128.load(x, 16), x2 = v128.load(x, 32), x3 = v128.load(x, 48);
  let x4 = v128.load(x, 64), x5 = v128.load(x, 80), x6 = v128.load(x, 96), x7 = v128.load(x, 112);
  let x8 = v128.load(x, 128), x9 = v128.load(x, 144), x10 = v128.load(x, 160), x11 = v128.load(x, 176);
  for (let steps = 4 * (to - from); steps; steps--) {
    x0 = madd(x0, factor, addend), x1 = madd(x1, factor, addend), x2 = madd(x2, factor, addend);
    x3 = madd(x3, factor, addend), x4 = madd(x4, factor, addend), x5 = madd(x5, factor, addend);
    x6 = madd(x6, factor, addend), x7 = madd(x7, factor, addend), x8 = madd(x8, factor, addend);
    x9 = madd(x9, factor, addend), x10 = madd(x10, factor, addend), x11 = madd(x11, factor, addend);
  }
  v128.store(x, x0), v128.store(x, x1, 16), v128.store(x, x2, 32), v128.store(x, x3, 48);
  v128.store(x, x4, 64), v128.store(x, x5, 80), v128.store(x, x6, 96), v128.store(x, x7, 112);
  v128.store(x, x8, 128), v128.store(x, x9, 144), v128.store(x, x10, 160), v128.store(x, x11, 176);
}
