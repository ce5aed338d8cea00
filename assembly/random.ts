/**
 * Random tensors. Element i is a function of the key, the stream counter and i (see philox.ts), so that neither threads nor the order
 * of calls matter. The host derives the key from seed, purpose and module path. The counter is a cell, which changes with the step.
 */
import { math } from "./math";
import { philox, philoxKeys, upperWords } from "./philox";
import { scratch } from "./threads";
import { trigonometry } from "./trigonometry";

/** Elements drawn at a time into the scratch slab: few enough to be still in the L1 cache when they are transformed. */
const CHUNK: u32 = 1024;
/** Offset in the scratch slab, behind the chunk, of the keys of Philox's rounds. */
const KEYS: usize = 4 * CHUNK;

const CONSTANTS = memory.data<f32>([
  5.9604644775390625e-8, // 0: 2⁻²⁴
  1,
  6.2831853, // 2: 2π
]);

/** @cost 1 @bytes 4 */
@unmanaged
export class BitsArgs {
  out: usize; // uint32 [n]
  counter: usize; // cell: u64 stream counter
  key0: u32; // key, low word
  key1: u32; // key, high word
}

/** out[i] = 32 random bits; range: elements. */
export function randomBits(r: BitsArgs, from: u32, to: u32): void {
  random<Raw, BitsArgs>(r, from, to);
}

@unmanaged
@final
class Raw {
  @inline block(_r: BitsArgs, _bits: usize): void {}
}

/** @cost 1.2 @bytes 4 */
@unmanaged
export class UniformArgs {
  out: usize; // float32 [n]
  counter: usize; // cell: u64 stream counter
  key0: u32; // key, low word
  key1: u32; // key, high word
  low: f64; // least value
  high: f64; // bound, never reached
}

/** out[i] uniform in [low, high), one of 2²⁴ equally spaced values; range: elements. */
export function uniform(r: UniformArgs, from: u32, to: u32): void {
  random<Uniform, UniformArgs>(r, from, to);
}

@unmanaged
@final
class Uniform {
  @inline block(r: UniformArgs, bits: usize): void {
    const low = f32x4.splat(<f32>r.low);
    const high = f32x4.splat(<f32>r.high);
    const width = f32x4.splat(<f32>(r.high - r.low));
    for (const end = bits + 64; bits < end; bits += 16) {
      const u = f32x4.add(low, f32x4.mul(width, unit(v128.load(bits))));
      v128.store(bits, v128.bitselect(u, low, f32x4.lt(u, high))); // the sum may round up to high
    }
  }
}

/** @cost 3 @bytes 4 */
@unmanaged
export class NormalArgs {
  out: usize; // float32 [n]
  counter: usize; // cell: u64 stream counter
  key0: u32; // key, low word
  key1: u32; // key, high word
  mean: f64; // μ
  std: f64; // σ
}

/** out[i] normal with mean μ and standard deviation σ; range: elements. */
export function normal(r: NormalArgs, from: u32, to: u32): void {
  random<Normal, NormalArgs>(r, from, to);
}

/**
 * Box and Muller's transform: two uniform numbers u, v give two normal ones, √(−2 ln(1 − u))·cos 2πv and √(−2 ln(1 − u))·sin 2πv.
 * Words 0 and 1 of a block give its values 0 and 1, words 2 and 3 its values 2 and 3. u has 24 bits, so no value lies beyond 5.77 σ.
 */
@unmanaged
@final
class Normal {
  @inline block(r: NormalArgs, bits: usize): void {
    const mean = f32x4.splat(<f32>r.mean);
    const std = f32x4.splat(<f32>r.std);
    const one = v128.load32_splat(CONSTANTS, 4);
    for (const end = bits + 64; bits < end; bits += 32) {
      const logarithm = math.log(f32x4.sub(one, unit(v128.load(bits))));
      const radius = f32x4.mul(std, f32x4.sqrt(f32x4.neg(f32x4.add(logarithm, logarithm))));
      const angle = f32x4.mul(unit(v128.load(bits, 16)), v128.load32_splat(CONSTANTS, 8));
      v128.store(bits, f32x4.add(mean, f32x4.mul(radius, trigonometry.sine(angle, 1))));
      v128.store(bits, f32x4.add(mean, f32x4.mul(radius, trigonometry.sine(angle, 0))), 16);
    }
  }
}

/** @cost 1.2 @bytes 4 */
@unmanaged
export class RandintArgs {
  out: usize; // int32 [n]
  counter: usize; // cell: u64 stream counter
  key0: u32; // key, low word
  key1: u32; // key, high word
  low: i32; // least value
  high: i32; // bound, never reached; greater than low
}

/** out[i] = low + the upper word of bits·(high − low): low … high − 1, equally likely up to 2⁻³². Range: elements. */
export function randint(r: RandintArgs, from: u32, to: u32): void {
  random<Randint, RandintArgs>(r, from, to);
}

@unmanaged
@final
class Randint {
  @inline block(r: RandintArgs, bits: usize): void {
    const low = i32x4.splat(r.low);
    const width = i32x4.splat(r.high - r.low);
    for (const end = bits + 64; bits < end; bits += 16) {
      const x = v128.load(bits);
      const steps = upperWords(i64x2.extmul_low_i32x4_u(x, width), i64x2.extmul_high_i32x4_u(x, width));
      v128.store(bits, i32x4.add(low, steps));
    }
  }
}

/** @cost 1.2 @bytes 8 @inplace x */
@unmanaged
export class DropoutArgs {
  x: usize; // float32 [n]: the input; in backward the gradient of the output
  out: usize; // float32 [n]
  p: usize; // cell: f64 probability of dropping
  counter: usize; // cell: u64 stream counter
  key0: u32; // key, low word
  key1: u32; // key, high word
}

/**
 * out[i] = x[i]·mask[i]/(1 − p), the mask 0 with probability p; range: elements.
 * The mask is not stored: backward draws it again from the same key and counter.
 */
export function dropout(r: DropoutArgs, from: u32, to: u32): void {
  for (let i = from; i < to; ) {
    const end = draw<Keep, DropoutArgs>(r, i, to);
    let x = r.x + (<usize>i << 2);
    let out = r.out + (<usize>i << 2);
    let mask = drawn(i);
    const stop = x + (<usize>(end - i) << 2);
    const wide = x + (<usize>((end - i) & ~3) << 2);
    for (; x < wide; x += 16, out += 16, mask += 16) v128.store(out, f32x4.mul(v128.load(x), v128.load(mask)));
    for (; x < stop; x += 4, out += 4, mask += 4) store<f32>(out, load<f32>(x) * load<f32>(mask));
    i = end;
  }
}

/** The mask and scale of an element: 0 with probability p, otherwise 1/(1 − p). For p = 1 the scale is ∞, but every element gets 0. */
@unmanaged
@final
class Keep {
  @inline block(r: DropoutArgs, bits: usize): void {
    const p = f32x4.splat(<f32>load<f64>(r.p));
    const scale = f32x4.splat(<f32>(1 / (1 - load<f64>(r.p))));
    for (const end = bits + 64; bits < end; bits += 16) v128.store(bits, v128.and(scale, f32x4.ge(unit(v128.load(bits)), p)));
  }
}

/** The upper 24 of 32 random bits as a number in [0, 1). */
@inline
function unit(bits: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(bits, 8)), v128.load32_splat(CONSTANTS));
}

/** Writes the elements from … to − 1 of out. F turns each block of 16 random words into values. */
function random<F, R>(r: R, from: u32, to: u32): void {
  for (let i = from; i < to; ) {
    const end = draw<F, R>(r, i, to);
    memory.copy(r.out + (<usize>i << 2), drawn(i), <usize>(end - i) << 2);
    i = end;
  }
}

/** Draws elements i … to − 1, at most up to the end of their chunk, into scratch, in whole blocks. @returns the element to go on with */
function draw<F, R>(r: R, i: u32, to: u32): u32 {
  const end = min(to, (i | (CHUNK - 1)) + 1);
  const start = drawn(i & ~15);
  const blocks = ((end + 15) >> 4) - (i >> 4);
  const keys = scratch() + KEYS;
  philoxKeys(keys, r.key0, r.key1);
  philox(start, keys, r.counter, i >> 4, blocks);
  for (let p = start, stop = start + (<usize>blocks << 6); p < stop; p += 64) changetype<F>(0).block(r, p);
  return end;
}

/** The address in scratch of element i, which belongs to the chunk drawn last. */
@inline
function drawn(i: u32): usize {
  return scratch() + (<usize>(i & (CHUNK - 1)) << 2);
}
