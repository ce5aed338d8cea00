import type { NumberArray } from "../../memory/views.js";
import type { BinaryArgs } from "../generated.js";
import { put } from "./put.js";

/** Calls f(i, a, b) for the output elements from ≤ i < to of [n0, n1, n2, n3], with the operands' elements that belong to it. */
export function broadcast(r: BinaryArgs, from: number, to: number, v: NumberArray, f: (i: number, a: number, b: number) => void): void {
  const size = v.BYTES_PER_ELEMENT;
  for (let i = from; i < to; i++) {
    const [i0, i1, i2, i3] = unravel(i, r);
    const a = r.a / size + i0 * r.a0 + i1 * r.a1 + i2 * r.a2 + i3 * r.a3;
    const b = r.b / size + i0 * r.b0 + i1 * r.b1 + i2 * r.b2 + i3 * r.b3;
    f(i, v[a], v[b]);
  }
}

/** out = f(a, b) with broadcasting. */
export function binary(r: BinaryArgs, from: number, to: number, v: NumberArray, f: (a: number, b: number) => number): void {
  const out = r.out / v.BYTES_PER_ELEMENT;
  broadcast(r, from, to, v, (i, a, b) => {
    put(v, out + i, f(a, b), i);
  });
}

/** The four indices of element i. */
export function unravel(i: number, { n1, n2, n3 }: { n1: number; n2: number; n3: number }): [number, number, number, number] {
  const row = Math.floor(i / n3);
  const plane = Math.floor(row / n2);
  return [Math.floor(plane / n1), plane % n1, row % n2, i % n3];
}
