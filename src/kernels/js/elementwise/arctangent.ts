import type { NumberArray } from "../../../memory/views.js";
import type { BinaryArgs, MapArgs } from "../../generated.js";
import { binary } from "../broadcast.js";
import { map } from "../map.js";

/** atan x */
export function atan(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, Math.atan);
}

/** the angle of the point (b, a) */
export function atan2(r: BinaryArgs, from: number, to: number, v: NumberArray): void {
  binary(r, from, to, v, Math.atan2);
}

/** asin x */
export function asin(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, Math.asin);
}

/** acos x */
export function acos(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, Math.acos);
}
