import type { NumberArray } from "../memory/views.js";

/** Of larger tensors some elements are looked at, evenly spaced: a mean of as many is right to 0.8 % of the deviation. */
const MOST = 1 << 14;

/** How far apart the elements stand that are looked at: an odd number, since channels and rows often have extents of powers of two. */
export function strideOf(length: number): number {
  return length <= MOST ? 1 : Math.ceil(length / MOST) | 1;
}

/** The elements that are looked at, as a copy. */
export function sampleOf(elements: NumberArray): Float64Array {
  const stride = strideOf(elements.length);
  const sample = new Float64Array(Math.ceil(elements.length / stride));
  for (let i = 0, at = 0; at < elements.length; i++, at += stride) sample[i] = elements[at];
  return sample;
}
