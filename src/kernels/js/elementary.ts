import type { NumberArray } from "../../memory/views.js";
import type { MapArgs } from "../generated.js";
import { map } from "./map.js";
import { erf as error, roundHalfToEven } from "./math.js";

/** −x */
export function neg(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, (x) => -x);
}

/** |x| */
export function abs(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, Math.abs);
}

/** −1, 0 or 1; ±0 and NaN stay */
export function sign(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, Math.sign);
}

/** √x */
export function sqrt(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, Math.sqrt);
}

/** 1/√x */
export function rsqrt(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, (x) => 1 / Math.sqrt(x));
}

/** 1/x */
export function reciprocal(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, (x) => 1 / x);
}

/** x² */
export function square(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, (x) => x * x);
}

/** eˣ */
export function exp(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, Math.exp);
}

/** eˣ − 1 */
export function expm1(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, Math.expm1);
}

/** ln x */
export function log(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, Math.log);
}

/** ln(1 + x) */
export function log1p(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, Math.log1p);
}

/** sin x */
export function sin(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, Math.sin);
}

/** cos x */
export function cos(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, Math.cos);
}

/** erf x */
export function erf(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, error);
}

/** the next integer below */
export function floor(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, Math.floor);
}

/** the next integer above */
export function ceil(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, Math.ceil);
}

/** the nearest integer, halves to even */
export function round(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, roundHalfToEven);
}

/** the next integer towards 0 */
export function trunc(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, Math.trunc);
}
