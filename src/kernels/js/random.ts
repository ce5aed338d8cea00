import { views } from "../../memory/memory.js";
import type { NumberArray } from "../../memory/views.js";
import type { BitsArgs, DropoutArgs, NormalArgs, RandintArgs, UniformArgs } from "../generated.js";

/** out[i] = 32 random bits */
export function randomBits(r: BitsArgs, from: number, to: number, _v: NumberArray): void {
  for (let i = from; i < to; i++) views.u32[r.out / 4 + i] = bitsOf(r, i);
}

/** out[i] uniform in [low, high) */
export function uniform(r: UniformArgs, from: number, to: number, v: NumberArray): void {
  const round = v === views.f32 ? Math.fround : (x: number) => x;
  const low = round(r.low);
  const step = round((r.high - r.low) * 2 ** -24);
  for (let i = from; i < to; i++) {
    const u = round(low + round(step * (bitsOf(r, i) >>> 8)));
    v[r.out / v.BYTES_PER_ELEMENT + i] = u < round(r.high) ? u : low; // the sum may round up to high
  }
}

/** out[i] normal with mean μ and standard deviation σ (Box and Muller) */
export function normal(r: NormalArgs, from: number, to: number, v: NumberArray): void {
  for (let i = from; i < to; i++) {
    const first = i & ~4;
    const radius = Math.sqrt(-2 * Math.log(1 - unit(bitsOf(r, first))));
    const angle = 2 * Math.PI * unit(bitsOf(r, first + 4));
    v[r.out / v.BYTES_PER_ELEMENT + i] = r.mean + r.std * radius * (i === first ? Math.cos(angle) : Math.sin(angle));
  }
}

/** out[i] an integer of low … high − 1 */
export function randint(r: RandintArgs, from: number, to: number, _v: NumberArray): void {
  for (let i = from; i < to; i++) views.i32[r.out / 4 + i] = r.low + product(bitsOf(r, i), r.high - r.low)[0];
}

/** out[i] = x[i]·mask[i]/(1 − p), the mask 0 with probability p */
export function dropout(r: DropoutArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  for (let i = from; i < to; i++) v[r.out / size + i] = v[r.x / size + i] * kept(r, i, size);
}

/** What dropout multiplies element i by, whose type has `size` bytes: 0, or 1/(1 − p). */
export function kept(r: { p: number; counter: number; key0: number; key1: number }, i: number, size: number): number {
  const p = views.f64[r.p / 8];
  const scale = size === 4 ? Math.fround(1 / (1 - p)) : 1 / (1 - p);
  return unit(bitsOf(r, i)) >= Math.fround(p) ? scale : 0;
}

/** The upper 24 bits as a number in [0, 1). */
function unit(bits: number): number {
  return (bits >>> 8) * 2 ** -24;
}

/** The random word of element i: blocks of 16 are word 0 of four counters, then their word 1, … */
function bitsOf(r: { counter: number; key0: number; key1: number }, i: number): number {
  const counter = Math.floor(i / 16) * 4 + (i % 4);
  const stream = r.counter / 4;
  return philox([counter, 0, views.u32[stream], views.u32[stream + 1]], [r.key0, r.key1])[(i >> 2) & 3];
}

type Words = [number, number, number, number];

/** Philox 4×32-10: four random words of a counter and a key. */
export function philox(counter: Words, key: [number, number]): Words {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const [high0, low0] = product(0xd2511f53, c0);
    const [high1, low1] = product(0xcd9e8d57, c2);
    [c0, c1, c2, c3] = [(high1 ^ c1 ^ k0) >>> 0, low1, (high0 ^ c3 ^ k1) >>> 0, low0];
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** Upper and lower word of the 64-bit product of two 32-bit words, by halves: no step exceeds 2⁵³. */
function product(a: number, b: number): [high: number, low: number] {
  const low = (a & 0xffff) * (b >>> 0);
  const high = (a >>> 16) * (b >>> 0) + Math.floor(low / 0x10000);
  return [Math.floor(high / 0x10000) >>> 0, Math.imul(a, b) >>> 0];
}
