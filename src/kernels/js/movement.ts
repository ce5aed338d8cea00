import { views } from "../../memory/memory.js";
import type { NumberArray } from "../../memory/views.js";
import type { StridedArgs } from "../generated.js";

/** out[i0 … i5] = x[Σ i·s] */
export function stridedCopy(r: StridedArgs, from: number, to: number, _v: NumberArray): void {
  const v = elements(r.size);
  const x = r.x / r.size;
  const out = r.out / r.size;
  for (let row = from; row < to; row++) {
    const start = x + rowOffset(r, row);
    for (let i = 0; i < r.n5; i++) v[out + row * r.n5 + i] = v[start + i * r.s5];
  }
}

/** out[Σ i·s] = x[i0 … i5] */
export function stridedWrite(r: StridedArgs, from: number, to: number, _v: NumberArray): void {
  const v = elements(r.size);
  const x = r.x / r.size;
  const out = r.out / r.size;
  for (let row = from; row < to; row++) {
    const start = out + rowOffset(r, row);
    for (let i = 0; i < r.n5; i++) v[start + i * r.s5] = v[x + row * r.n5 + i];
  }
}

/** Elements by their size alone: as integers where a float would lose the payload of a NaN, or an int32 seen as one. */
export function elements(size: number): NumberArray {
  if (size === 8) return views.f64;
  return size === 4 ? views.i32 : views.u8;
}

/** Σ i·s over the five outer axes of row number `row`. */
function rowOffset(r: StridedArgs, row: number): number {
  let offset = 0;
  for (const [n, s] of [
    [r.n4, r.s4],
    [r.n3, r.s3],
    [r.n2, r.s2],
    [r.n1, r.s1],
    [r.n0, r.s0],
  ]) {
    offset += (row % n) * s;
    row = Math.floor(row / n);
  }
  return offset;
}
