import type { KernelBuild } from "../../src/kernels/load.js";
import { Block, builds, random, withBuild } from "./kernels.js";

/** Lengths that reach every tail of the vector loops. */
export const TAILS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 31, 32, 33, 64, 100];

/** The special values of floating point: zeros, denormals, limits, infinities, NaN. */
export const SPECIALS = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  3,
  -3,
  2 ** -149,
  -(2 ** -149),
  2 ** -126,
  3.4028234663852886e38,
  -3.4028234663852886e38,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
];

type Kernel<Args> = (args: Args, from: number, to: number) => void;

/** Runs a kernel x → out of n elements on one build. */
export function mapped<Args>(
  build: KernelBuild,
  kernel: Kernel<Args>,
  x: ArrayLike<number>,
  parameters: object = {},
  cuts: readonly number[] = [],
): Float32Array {
  return over(build, kernel, { x }, parameters, x.length, cuts);
}

/** Runs a gradient kernel (g, saved) → out on one build. */
export function gradient<Args>(
  build: KernelBuild,
  kernel: Kernel<Args>,
  g: ArrayLike<number>,
  saved: ArrayLike<number>,
  parameters: object = {},
  cuts: readonly number[] = [],
): Float32Array {
  return over(build, kernel, { g, saved }, parameters, g.length, cuts);
}

function over<Args>(
  build: KernelBuild,
  kernel: Kernel<Args>,
  inputs: Record<string, ArrayLike<number>>,
  parameters: object,
  n: number,
  cuts: readonly number[],
): Float32Array {
  return withBuild(build, () => {
    const blocks = Object.entries(inputs).map(([name, values]) => [name, Block.of(values)] as const);
    const out = new Block(n);
    const pointers = Object.fromEntries(blocks.map(([name, block]) => [name, block.at]));
    const ends = [0, ...cuts.filter((cut) => cut > 0 && cut < n), n];
    for (let i = 1; i < ends.length; i++) kernel({ ...pointers, ...parameters, out: out.at } as Args, ends[i - 1], ends[i]);
    const result = out.read() as Float32Array;
    for (const [, block] of blocks) block.free();
    out.free();
    return result;
  });
}

/** Expects that f(build) agrees on all three builds, element by element, within a relative and an absolute tolerance. */
export function expectAgreement(f: (build: KernelBuild) => ArrayLike<number>, tolerance: number, absolute = tolerance): void {
  const [want, ...others] = builds.map(f);
  others.forEach((got, which) => {
    for (let i = 0; i < want.length; i++) {
      const same = Object.is(got[i] + 0, want[i] + 0) || Math.abs(got[i] - want[i]) <= absolute + tolerance * Math.abs(want[i]);
      if (!same) throw new Error(`${builds[which + 1]}: element ${i} is ${got[i]}; the twin has ${want[i]}`);
    }
  });
}

/** The elements of an array as bits, for exact comparison: NaN equals NaN, −0 differs from 0. */
export function bits(x: ArrayLike<number> & { buffer: ArrayBufferLike; byteOffset: number; byteLength: number }): Uint8Array {
  return new Uint8Array(x.buffer, x.byteOffset, x.byteLength);
}

/** Seeded float32 over the whole range: `each` numbers of every sign and exponent, finite ones only, then SPECIALS. */
export function wholeRange(each: number, seed: number): Float32Array {
  const next = random(seed);
  const x = new Float32Array(510 * each + SPECIALS.length);
  const words = new Uint32Array(x.buffer);
  for (let i = 0; i < 510 * each; i++) {
    const group = Math.floor(i / each);
    words[i] = (((group & 1) << 31) | ((group >> 1) << 23) | Math.floor(next() * 0x800000)) >>> 0;
  }
  x.set(SPECIALS, 510 * each);
  return x;
}

/** n seeded numbers uniform in [low, high). */
export function uniform(n: number, low: number, high: number, seed: number): Float32Array {
  const next = random(seed);
  return Float32Array.from({ length: n }, () => low + (high - low) * next());
}
