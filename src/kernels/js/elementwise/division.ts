import type { NumberArray } from "../../../memory/views.js";
import type { BinaryArgs } from "../../generated.js";
import { binary } from "../broadcast.js";

/** ⌊a / b⌋ */
export function floorDivide(r: BinaryArgs, from: number, to: number, v: NumberArray): void {
  binary(r, from, to, v, quotient);
}

/** a − b · ⌊a / b⌋, which has the sign of b */
export function remainder(r: BinaryArgs, from: number, to: number, v: NumberArray): void {
  binary(r, from, to, v, rest);
}

function rest(a: number, b: number): number {
  const r = a % b;
  return r !== 0 && r < 0 !== b < 0 ? r + b : r;
}

/** The remainder is taken away first: a quotient just below a whole number would round up to it. */
function quotient(a: number, b: number): number {
  if (b === 0) return a / b;
  const r = a % b;
  const q = (a - r) / b - (r !== 0 && r < 0 !== b < 0 ? 1 : 0);
  return q === 0 ? 0 * (a / b) : Math.round(q);
}
