import type { NumberArray } from "../../../memory/views.js";
import type { MapArgs } from "../../generated.js";
import { map } from "../map.js";

/** asinh x */
export function asinh(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, Math.asinh);
}

/** acosh x */
export function acosh(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, Math.acosh);
}

/** atanh x */
export function atanh(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, Math.atanh);
}
