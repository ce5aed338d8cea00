/**
 * Random tensors. Element i is a function of the key, the stream counter and i (see philox.ts), so that neither threads nor the order
 * of calls matter. The host derives the key from seed, purpose and module path. The counter is a cell, which changes with the step.
 *
 * Words are drawn into the scratch slab, a chunk at a time. A functor F says what becomes of them:
 *
 *     a(r), b(r), c(r)         constants of the call
 *     prepare(p, end, a, b)    changes the words of whole groups where they stand, if `v` does not suffice
 *     v(words, x, a, b, c)     four values from four words; x is the address of the input of the same elements
 */
import { boxMuller } from "./boxMuller";
import { GROUP, philox, upperBits, upperWords } from "./philox";
import { scratch } from "./threads";

/** Elements of a chunk: few enough to be still in the L1 cache in the next round, and many enough for the ends of eleven loops. */
const CHUNK: u32 = 1024;

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
  random<Bits, BitsArgs>(r, 0, from, to);
}

@unmanaged
@final
class Bits {
  @inline a(r: BitsArgs): v128 { return none(); }
  @inline b(r: BitsArgs): v128 { return none(); }
  @inline c(r: BitsArgs): v128 { return none(); }
  @inline prepare(p: usize, end: usize, a: v128, b: v128): void {}
  @inline v(words: v128, x: usize, a: v128, b: v128, c: v128): v128 { return words; }
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
  random<Uniform, UniformArgs>(r, 0, from, to);
}

/** low + k · step, where k has the upper 24 bits of a word */
@unmanaged
@final
class Uniform {
  @inline a(r: UniformArgs): v128 { return f32x4.splat(<f32>r.low); }
  @inline b(r: UniformArgs): v128 { return f32x4.splat(<f32>r.high); }
  @inline c(r: UniformArgs): v128 { return f32x4.splat(<f32>((r.high - r.low) * 5.9604644775390625e-8)); }
  @inline prepare(p: usize, end: usize, low: v128, high: v128): void {}
  @inline v(words: v128, x: usize, low: v128, high: v128, step: v128): v128 {
    const u = f32x4.add(low, f32x4.mul(step, upperBits(words)));
    return v128.bitselect(u, low, f32x4.lt(u, high)); // the sum may round up to high
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
  random<Normal, NormalArgs>(r, 0, from, to);
}

@unmanaged
@final
class Normal {
  @inline a(r: NormalArgs): v128 { return f32x4.splat(<f32>r.mean); }
  @inline b(r: NormalArgs): v128 { return f32x4.splat(<f32>r.std); }
  @inline c(r: NormalArgs): v128 { return none(); }
  @inline prepare(p: usize, end: usize, mean: v128, std: v128): void { boxMuller(p, end, mean, std); }
  @inline v(values: v128, x: usize, a: v128, b: v128, c: v128): v128 { return values; }
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
  random<Randint, RandintArgs>(r, 0, from, to);
}

@unmanaged
@final
class Randint {
  @inline a(r: RandintArgs): v128 { return i32x4.splat(r.low); }
  @inline b(r: RandintArgs): v128 { return i32x4.splat(r.high - r.low); }
  @inline c(r: RandintArgs): v128 { return none(); }
  @inline prepare(p: usize, end: usize, low: v128, width: v128): void {}
  @inline v(words: v128, x: usize, low: v128, width: v128, c: v128): v128 {
    const steps = upperWords(i64x2.extmul_low_i32x4_u(words, width), i64x2.extmul_high_i32x4_u(words, width));
    return i32x4.add(low, steps);
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
  random<Dropout, DropoutArgs>(r, r.x, from, to);
}

/** x · scale where the upper 24 bits of a word are at least 2²⁴p, else x · 0. For p = 1 the scale is ∞, but no element gets it. */
@unmanaged
@final
class Dropout {
  @inline a(r: DropoutArgs): v128 { return f32x4.splat(<f32>load<f64>(r.p) * 16777216); }
  @inline b(r: DropoutArgs): v128 { return f32x4.splat(<f32>(1 / (1 - load<f64>(r.p)))); }
  @inline c(r: DropoutArgs): v128 { return none(); }
  @inline prepare(p: usize, end: usize, least: v128, scale: v128): void {}
  @inline v(words: v128, x: usize, least: v128, scale: v128, c: v128): v128 {
    return f32x4.mul(v128.load(x), v128.and(scale, f32x4.ge(upperBits(words), least)));
  }
}

/** A constant that is not used. */
@inline
function none(): v128 { return i32x4.splat(0); }

/** Writes the elements from … to − 1 of out. */
function random<F, R>(r: R, x: usize, from: u32, to: u32): void {
  const f = changetype<F>(0), a = f.a(r), b = f.b(r), c = f.c(r), out = r.out;
  for (let i = from; i < to; ) {
    const end = min(to, (i | (CHUNK - 1)) + 1), drawn = scratch() + (<usize>(i & (CHUNK - GROUP)) << 2);
    const groups = (end - 1) / GROUP - i / GROUP + 1, drawnEnd = drawn + (<usize>(groups * GROUP) << 2);
    philox(drawn, groups, i / GROUP, r.counter, r.key0, r.key1);
    f.prepare(drawn, drawnEnd, a, b);
    while (i < end) {
      const words = wordOf(i), at = <usize>i << 2;
      if (i % GROUP != 0 || end - i < GROUP) {
        v128.store_lane<f32>(out + at, f.v(v128.load32_zero(words), x + at, a, b, c), 0);
        i++;
      } else {
        twoWords<F>(words, x + at, out + at, a, b, c);
        twoWords<F>(words + 64, x + at + 32, out + at + 32, a, b, c);
        twoWords<F>(words + 16, x + at + 64, out + at + 64, a, b, c);
        twoWords<F>(words + 80, x + at + 96, out + at + 96, a, b, c);
        i += GROUP;
      }
    }
  }
}

/**
 * The address in scratch of the word of element i, which belongs to the chunk drawn last. Of elements, four counters follow on each
 * other; of words in scratch, the eight of a group do.
 */
@inline
function wordOf(i: u32): usize {
  const counters = (i >> 4) & 1, word = (i >> 2) & 3;
  return scratch() + (<usize>(i & (CHUNK - GROUP)) << 2) + (word << 5) + (counters << 4) + ((i & 3) << 2);
}

/** Two words of four counters, which stand 32 bytes apart. */
@inline
function twoWords<F>(words: usize, x: usize, out: usize, a: v128, b: v128, c: v128): void {
  const f = changetype<F>(0);
  const y0 = f.v(v128.load(words), x, a, b, c), y1 = f.v(v128.load(words, 32), x + 16, a, b, c);
  v128.store(out, y1, 16), v128.store(out, y0);
}
