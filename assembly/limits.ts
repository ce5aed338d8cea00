/** The limit of the machine's arithmetic, against which benchmarks hold kernels. (`copy` of arithmetic.ts is the limit of its memory.) */
import { madd } from "./simd";
import { isWide } from "./threads";

/** Floating-point operations of a round of `multiplyAdds`. @host */
export const ROUND_FLOPS: u32 = 768;

/** @flops 768 */
@unmanaged
export class LimitArgs {
  x: usize; // [128] 96 accumulators, kept from round to round; then factor, addend
}

/**
 * Multiply-adds in registers: x = factor · x + addend, four times a round for each of 96 numbers, 768 FLOP a round.
 * Twelve chains, of four numbers or of eight, cover the latency (4 cycles) of two units. @alone @even
 */
export function multiplyAdds(r: LimitArgs, from: u32, to: u32): void {
  const x = r.x, constants = x + 4 * 96, steps = 4 * (to - from);
  if (isWide()) {
    pairs(x, constants, steps);
  } else {
    vectors(x, constants, steps);
    vectors(x + 4 * 48, constants, steps);
  }
}

/** Twelve chains of a vector. Twice as many would not fit into the 16 registers. */
function vectors(x: usize, constants: usize, steps: u32): void {
  const factor = v128.load32_splat(constants), addend = v128.load32_splat(constants, 4);
  let x0 = v128.load(x), x1 = v128.load(x, 16), x2 = v128.load(x, 32), x3 = v128.load(x, 48);
  let x4 = v128.load(x, 64), x5 = v128.load(x, 80), x6 = v128.load(x, 96), x7 = v128.load(x, 112);
  let x8 = v128.load(x, 128), x9 = v128.load(x, 144), x10 = v128.load(x, 160), x11 = v128.load(x, 176);
  for (; steps; steps--) {
    x0 = madd(x0, factor, addend), x1 = madd(x1, factor, addend), x2 = madd(x2, factor, addend);
    x3 = madd(x3, factor, addend), x4 = madd(x4, factor, addend), x5 = madd(x5, factor, addend);
    x6 = madd(x6, factor, addend), x7 = madd(x7, factor, addend), x8 = madd(x8, factor, addend);
    x9 = madd(x9, factor, addend), x10 = madd(x10, factor, addend), x11 = madd(x11, factor, addend);
  }
  v128.store(x, x0), v128.store(x, x1, 16), v128.store(x, x2, 32), v128.store(x, x3, 48);
  v128.store(x, x4, 64), v128.store(x, x5, 80), v128.store(x, x6, 96), v128.store(x, x7, 112);
  v128.store(x, x8, 128), v128.store(x, x9, 144), v128.store(x, x10, 160), v128.store(x, x11, 176);
}

/** Twelve chains of a pair of vectors, which V8 computes by one instruction where it packs them. */
function pairs(x: usize, constants: usize, steps: u32): void {
  const factor = v128.load32_splat(constants), addend = v128.load32_splat(constants, 4);
  let x0 = v128.load(x), x1 = v128.load(x, 16), x2 = v128.load(x, 32), x3 = v128.load(x, 48);
  let x4 = v128.load(x, 64), x5 = v128.load(x, 80), x6 = v128.load(x, 96), x7 = v128.load(x, 112);
  let x8 = v128.load(x, 128), x9 = v128.load(x, 144), x10 = v128.load(x, 160), x11 = v128.load(x, 176);
  let x12 = v128.load(x, 192), x13 = v128.load(x, 208), x14 = v128.load(x, 224), x15 = v128.load(x, 240);
  let x16 = v128.load(x, 256), x17 = v128.load(x, 272), x18 = v128.load(x, 288), x19 = v128.load(x, 304);
  let x20 = v128.load(x, 320), x21 = v128.load(x, 336), x22 = v128.load(x, 352), x23 = v128.load(x, 368);
  for (; steps; steps--) {
    x0 = madd(x0, factor, addend), x1 = madd(x1, factor, addend), x2 = madd(x2, factor, addend);
    x3 = madd(x3, factor, addend), x4 = madd(x4, factor, addend), x5 = madd(x5, factor, addend);
    x6 = madd(x6, factor, addend), x7 = madd(x7, factor, addend), x8 = madd(x8, factor, addend);
    x9 = madd(x9, factor, addend), x10 = madd(x10, factor, addend), x11 = madd(x11, factor, addend);
    x12 = madd(x12, factor, addend), x13 = madd(x13, factor, addend), x14 = madd(x14, factor, addend);
    x15 = madd(x15, factor, addend), x16 = madd(x16, factor, addend), x17 = madd(x17, factor, addend);
    x18 = madd(x18, factor, addend), x19 = madd(x19, factor, addend), x20 = madd(x20, factor, addend);
    x21 = madd(x21, factor, addend), x22 = madd(x22, factor, addend), x23 = madd(x23, factor, addend);
  }
  v128.store(x, x0), v128.store(x, x1, 16), v128.store(x, x2, 32), v128.store(x, x3, 48);
  v128.store(x, x4, 64), v128.store(x, x5, 80), v128.store(x, x6, 96), v128.store(x, x7, 112);
  v128.store(x, x8, 128), v128.store(x, x9, 144), v128.store(x, x10, 160), v128.store(x, x11, 176);
  v128.store(x, x12, 192), v128.store(x, x13, 208), v128.store(x, x14, 224), v128.store(x, x15, 240);
  v128.store(x, x16, 256), v128.store(x, x17, 272), v128.store(x, x18, 288), v128.store(x, x19, 304);
  v128.store(x, x20, 320), v128.store(x, x21, 336), v128.store(x, x22, 352), v128.store(x, x23, 368);
}
