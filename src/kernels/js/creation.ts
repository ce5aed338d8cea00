import { views } from "../../memory/memory.js";
import type { NumberArray } from "../../memory/views.js";
import { Status } from "../generated/constants.js";
import type { OneHotArgs, TriangleArgs } from "../generated.js";
import { fail } from "../status.js";
import { elements } from "./movement.js";

/** out[i, :] = 1 at index[i], 0 elsewhere */
export function oneHot(r: OneHotArgs, from: number, to: number, v: NumberArray): void {
  const out = r.out / v.BYTES_PER_ELEMENT;
  v.fill(0, out + from * r.classes, out + to * r.classes);
  for (let i = from; i < to; i++) {
    const k = views.i32[r.index / 4 + i];
    if (k >= 0 && k < r.classes) v[out + i * r.classes + k] = 1;
    else fail(Status.IndexOutOfRange, i);
  }
}

/** out[b, i, j] = x[b, i, j] where j ≥ i + diagonal, else 0 */
export function triu(r: TriangleArgs, from: number, to: number, v: NumberArray): void {
  triangle(r, from, to, v, (i, j) => j >= i + r.diagonal);
}

/** out[b, i, j] = x[b, i, j] where j ≤ i + diagonal, else 0 */
export function tril(r: TriangleArgs, from: number, to: number, v: NumberArray): void {
  triangle(r, from, to, v, (i, j) => j <= i + r.diagonal);
}

function triangle(r: TriangleArgs, from: number, to: number, v: NumberArray, keep: (i: number, j: number) => boolean): void {
  const size = v.BYTES_PER_ELEMENT;
  const bits = elements(size);
  for (let row = from; row < to; row++) {
    for (let j = 0; j < r.cols; j++) {
      const at = row * r.cols + j;
      bits[r.out / size + at] = keep(row % r.rows, j) ? bits[r.x / size + at] : 0;
    }
  }
}
