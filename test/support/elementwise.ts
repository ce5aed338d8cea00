import { expect } from "vitest";
import type { BinaryArgs, MapArgs } from "../../src/kernels/generated.js";
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

const single = new Float32Array(1);
const word = new Uint32Array(single.buffer);

/** |got − want| in ulps of want; 0 where both are NaN or the same infinity, one ulp between the largest number and infinity. */
export function ulps(got: number, want: number): number {
  single[0] = want;
  if (Object.is(got, single[0]) && !Number.isFinite(got)) return 0;
  const exponent = Math.max((word[0] >>> 23) & 255, 1);
  if (exponent === 255) return Math.abs(got) === 3.4028234663852886e38 && Math.sign(got) === Math.sign(want) ? 1 : Number.POSITIVE_INFINITY;
  const error = Math.abs(got - want) / 2 ** (exponent - 150);
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}

/** Runs a kernel (a, b) → out over two arrays of one length on one build. */
export function paired(
  build: KernelBuild,
  kernel: (args: BinaryArgs, from: number, to: number) => void,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  cuts: readonly number[] = [],
): Float32Array {
  const strides = { a0: 0, a1: 0, a2: 0, a3: 1, b0: 0, b1: 0, b2: 0, b3: 1 };
  return over(build, kernel, { a, b }, { n1: 1, n2: 1, n3: a.length, ...strides }, a.length, cuts);
}

/** Expects that a kernel of one operand has the same bits in any cut of its range, agrees with its twin, and keeps an error bound. */
export function checkMap(
  kernel: Kernel<MapArgs>,
  exact: (x: number) => number,
  { bound, range }: { bound: number; range: readonly [number, number] },
): void {
  const samples = [wholeRange(100, 1), uniform(30_000, ...range, 2)];
  for (const build of ["simd", "relaxed"] as const) {
    for (const x of samples) {
      const y = mapped(build, kernel, x);
      x.forEach((value, i) => {
        expectUlps(`${build}(${value})`, y[i], exact(value), bound);
      });
    }
  }
  for (const build of builds) {
    const x = Float32Array.from([...uniform(90, ...range, 12), ...SPECIALS]);
    const whole = mapped(build, kernel, x);
    for (const cuts of [[1], [50], [3, 8, 77], [97, 100]]) expect(mapped(build, kernel, x, {}, cuts)).toEqual(whole);
    for (const n of TAILS) expect(mapped(build, kernel, x.subarray(0, n))).toEqual(whole.subarray(0, n));
  }
  expectAgreement((build) => mapped(build, kernel, samples[0]), bound * 2 ** -23, 2 ** -147);
}

/** The same for a kernel of two operands, which are drawn from the range and from all pairs of special values. */
export function checkPaired(
  kernel: Kernel<BinaryArgs>,
  exact: (a: number, b: number) => number,
  { bound, range, scale }: { bound: number; range: readonly [number, number]; scale?: (a: number, b: number, y: number) => number },
): void {
  const a = Float32Array.from([...uniform(30_000, ...range, 3), ...SPECIALS.flatMap((x) => SPECIALS.map(() => x))]);
  const b = Float32Array.from([...uniform(30_000, ...range, 4), ...SPECIALS.flatMap(() => SPECIALS)]);
  for (const build of builds) {
    const y = paired(build, kernel, a, b);
    y.forEach((value, i) => {
      const want = exact(a[i], b[i]);
      expectUlps(`${build}(${a[i]}, ${b[i]})`, value, want, bound, scale?.(a[i], b[i], want));
    });
    for (const cuts of [[1], [3, 8, 77], [a.length - 1]]) expect(paired(build, kernel, a, b, cuts)).toEqual(y);
    for (const n of TAILS) {
      expect(paired(build, kernel, a.subarray(0, n), b.subarray(0, n))).toEqual(y.subarray(0, n));
    }
  }
}

/** @param scale the number whose last place counts, if it is another one than `want` */
function expectUlps(what: string, got: number, want: number, bound: number, scale = want): void {
  const error = Number.isFinite(scale) && Number.isFinite(want) ? ulps(got + (scale - want), scale) : ulps(got, want);
  if (error > bound) throw new Error(`${what} = ${got}, exactly ${want}: off by ${error} units in the last place`);
}
