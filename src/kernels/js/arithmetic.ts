import type { NumberArray } from "../../memory/views.js";
import type { AddScaledArgs, BinaryArgs, ClampArgs, ClampGradArgs, FillArgs, MapArgs } from "../generated.js";
import { binary } from "./broadcast.js";
import { map, mapGradient } from "./map.js";
import { pow as power } from "./math.js";

/** a + b */
export function add(r: BinaryArgs, from: number, to: number, v: NumberArray): void {
  binary(r, from, to, v, (a, b) => a + b);
}

/** a − b */
export function sub(r: BinaryArgs, from: number, to: number, v: NumberArray): void {
  binary(r, from, to, v, (a, b) => a - b);
}

/** a · b */
export function mul(r: BinaryArgs, from: number, to: number, v: NumberArray): void {
  binary(r, from, to, v, (a, b) => a * b);
}

/** a / b */
export function div(r: BinaryArgs, from: number, to: number, v: NumberArray): void {
  binary(r, from, to, v, (a, b) => a / b);
}

/** the larger, a if equal, NaN if either is */
export function maximum(r: BinaryArgs, from: number, to: number, v: NumberArray): void {
  binary(r, from, to, v, (a, b) => (a < b || Number.isNaN(b) ? b : a));
}

/** the smaller, a if equal, NaN if either is */
export function minimum(r: BinaryArgs, from: number, to: number, v: NumberArray): void {
  binary(r, from, to, v, (a, b) => (b < a || Number.isNaN(b) ? b : a));
}

/** a^b */
export function pow(r: BinaryArgs, from: number, to: number, v: NumberArray): void {
  binary(r, from, to, v, power);
}

/** out += x */
export function accumulate(r: MapArgs, from: number, to: number, v: NumberArray): void {
  addScaled({ ...r, scale: 1 }, from, to, v);
}

/** out += s · x */
export function addScaled(r: AddScaledArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  for (let i = from; i < to; i++) v[r.out / size + i] += r.scale * v[r.x / size + i];
}

/** min(max(x, r.min), r.max); NaN stays */
export function clamp(r: ClampArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, (x) => Math.min(Math.max(x, r.min), r.max));
}

/** saved: input; g where min ≤ x ≤ max, else 0 */
export function clampGrad(r: ClampGradArgs, from: number, to: number, v: NumberArray): void {
  mapGradient(r, from, to, v, (g, x) => (x >= r.min && x <= r.max ? g : 0));
}

/** out = x */
export function copy(r: MapArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  v.copyWithin(r.out / size + from, r.x / size + from, r.x / size + to);
}

/** out = value */
export function fill(r: FillArgs, from: number, to: number, v: NumberArray): void {
  const out = r.out / v.BYTES_PER_ELEMENT;
  v.fill(r.value, out + from, out + to);
}
