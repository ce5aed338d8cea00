import type { NumberArray } from "../../memory/views.js";
import { Status } from "../generated/constants.js";
import type { FiniteArgs } from "../generated.js";
import { fail } from "../status.js";

/** Reports Status.NonFinite if x is NaN, +∞ or −∞; the detail is 0, 1 or 2. */
export function checkFinite(r: FiniteArgs, from: number, to: number, v: NumberArray): void {
  if (from >= to) return;
  const x = v[r.x / v.BYTES_PER_ELEMENT];
  if (!Number.isFinite(x)) fail(Status.NonFinite, Number.isNaN(x) ? 0 : x > 0 ? 1 : 2);
}
