import { views } from "../../memory/memory.js";
import type { NumberArray } from "../../memory/views.js";
import type { ReduceArgs } from "../generated.js";
import { firstOf } from "./fold.js";

/** The first position of the largest of n elements, `step` apart, or with sign −1 of the smallest; of the first NaN if there is one. */
function position(v: NumberArray, first: number, n: number, step: number, sign: number): number {
  let at = 0;
  let best = -Infinity;
  for (let k = 0; k < n; k++) {
    const x = sign * v[first + k * step];
    if (Number.isNaN(x)) return k;
    if (x > best) {
      best = x;
      at = k;
    }
  }
  return at;
}

function values(r: ReduceArgs, from: number, to: number, v: NumberArray, sign: number): void {
  const bytes = v.BYTES_PER_ELEMENT;
  for (let i = from; i < to; i++) {
    const first = firstOf(r, i, bytes);
    v[r.out / bytes + i] = v[first + r.inner * position(v, first, r.reduced, r.inner, sign)];
  }
}

function positions(r: ReduceArgs, from: number, to: number, v: NumberArray, sign: number): void {
  const bytes = v.BYTES_PER_ELEMENT;
  for (let i = from; i < to; i++) views.i32[r.out / 4 + i] = position(v, firstOf(r, i, bytes), r.reduced, r.inner, sign);
}

export function max(r: ReduceArgs, from: number, to: number, v: NumberArray): void {
  values(r, from, to, v, 1);
}

export function min(r: ReduceArgs, from: number, to: number, v: NumberArray): void {
  values(r, from, to, v, -1);
}

export function argmax(r: ReduceArgs, from: number, to: number, v: NumberArray): void {
  positions(r, from, to, v, 1);
}

export function argmin(r: ReduceArgs, from: number, to: number, v: NumberArray): void {
  positions(r, from, to, v, -1);
}
