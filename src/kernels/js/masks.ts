import { views } from "../../memory/memory.js";
import type { NumberArray } from "../../memory/views.js";
import type { BinaryArgs } from "../generated.js";
import { broadcast } from "./broadcast.js";

/** a and b */
export function both(r: BinaryArgs, from: number, to: number, _v: NumberArray): void {
  broadcast(r, from, to, views.u8, (i, a, b) => {
    views.u8[r.out + i] = a & b;
  });
}

/** a or b */
export function either(r: BinaryArgs, from: number, to: number, _v: NumberArray): void {
  broadcast(r, from, to, views.u8, (i, a, b) => {
    views.u8[r.out + i] = a | b;
  });
}
