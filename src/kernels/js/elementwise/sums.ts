import type { NumberArray } from "../../../memory/views.js";
import type { BinaryArgs } from "../../generated.js";
import { binary } from "../broadcast.js";

/** √(a² + b²) */
export function hypot(r: BinaryArgs, from: number, to: number, v: NumberArray): void {
  binary(r, from, to, v, Math.hypot);
}

/** ln(eᵃ + eᵇ) */
export function logAddExp(r: BinaryArgs, from: number, to: number, v: NumberArray): void {
  binary(r, from, to, v, (a, b) => (a === b ? a + Math.LN2 : Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)))));
}
