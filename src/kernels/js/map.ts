import type { NumberArray } from "../../memory/views.js";
import type { GradientArgs, MapArgs } from "../generated.js";
import { put } from "./put.js";

/** out[i] = f(x[i]) for from ≤ i < to. */
export function map(r: MapArgs, from: number, to: number, v: NumberArray, f: (x: number) => number): void {
  const size = v.BYTES_PER_ELEMENT;
  for (let i = from; i < to; i++) put(v, r.out / size + i, f(v[r.x / size + i]), i);
}

/** out[i] = f(g[i], saved[i]) for from ≤ i < to. */
export function mapGradient(r: GradientArgs, from: number, to: number, v: NumberArray, f: (g: number, saved: number) => number): void {
  const size = v.BYTES_PER_ELEMENT;
  for (let i = from; i < to; i++) v[r.out / size + i] = f(v[r.g / size + i], v[r.saved / size + i]);
}
