import { views } from "../../memory/memory.js";
import type { NumberArray } from "../../memory/views.js";
import { Status } from "../generated/constants.js";
import { fail } from "../status.js";

/** Writes a result of arithmetic. Integers never wrap around: one that its type does not hold is reported as element `position`. */
export function put(v: NumberArray, at: number, value: number, position: number): void {
  v[at] = value;
  if (v[at] !== value && isIntegers(v)) fail(Status.Overflow, position);
}

/** Whether a view of linear memory shows it as integers. */
export function isIntegers(v: NumberArray): boolean {
  return v === views.i32 || v === views.u8;
}
