import { views } from "../../memory/memory.js";
import type { NumberArray } from "../../memory/views.js";
import type { BinaryArgs } from "../generated.js";
import { broadcast } from "./broadcast.js";

/** out = test(a, b) as uint8, with broadcasting. */
function compare(r: BinaryArgs, from: number, to: number, v: NumberArray, test: (a: number, b: number) => boolean): void {
  broadcast(r, from, to, v, (i, a, b) => {
    views.u8[r.out + i] = test(a, b) ? 1 : 0;
  });
}

/** out = a == b */
export function eq(r: BinaryArgs, from: number, to: number, v: NumberArray): void {
  compare(r, from, to, v, (a, b) => a === b);
}

/** out = a != b */
export function ne(r: BinaryArgs, from: number, to: number, v: NumberArray): void {
  compare(r, from, to, v, (a, b) => a !== b);
}

/** out = a < b */
export function lt(r: BinaryArgs, from: number, to: number, v: NumberArray): void {
  compare(r, from, to, v, (a, b) => a < b);
}

/** out = a <= b */
export function le(r: BinaryArgs, from: number, to: number, v: NumberArray): void {
  compare(r, from, to, v, (a, b) => a <= b);
}

/** out = a > b */
export function gt(r: BinaryArgs, from: number, to: number, v: NumberArray): void {
  compare(r, from, to, v, (a, b) => a > b);
}

/** out = a >= b */
export function ge(r: BinaryArgs, from: number, to: number, v: NumberArray): void {
  compare(r, from, to, v, (a, b) => a >= b);
}

/** out = a == b of int32 */
export function eqInts(r: BinaryArgs, from: number, to: number, _v: NumberArray): void {
  eq(r, from, to, views.i32);
}

/** out = a != b of int32 */
export function neInts(r: BinaryArgs, from: number, to: number, _v: NumberArray): void {
  ne(r, from, to, views.i32);
}

/** out = a < b of int32 */
export function ltInts(r: BinaryArgs, from: number, to: number, _v: NumberArray): void {
  lt(r, from, to, views.i32);
}

/** out = a <= b of int32 */
export function leInts(r: BinaryArgs, from: number, to: number, _v: NumberArray): void {
  le(r, from, to, views.i32);
}
