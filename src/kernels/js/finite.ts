import type { NumberArray } from "../../memory/views.js";
import { Status } from "../generated/constants.js";
import type { FiniteArgs } from "../generated.js";
import { fail } from "../status.js";

/** Reports Status.NonFinite if an element is NaN, +∞ or −∞; the detail is the position of the first. */
export function checkFinite(r: FiniteArgs, from: number, to: number, v: NumberArray): void {
  const first = r.x / v.BYTES_PER_ELEMENT;
  for (let i = from; i < to; i++) {
    if (Number.isFinite(v[first + i])) continue;
    fail(Status.NonFinite, i);
    return;
  }
}
