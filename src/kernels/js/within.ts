import type { NumberArray } from "../../memory/views.js";
import { Status } from "../generated/constants.js";
import type { WithinArgs } from "../generated.js";
import { fail } from "../status.js";

/** Reports Status.OutOfRange with the position of the first x that is below min or above max; NaN is neither. */
export function checkWithin({ x, min, max }: WithinArgs, from: number, to: number, v: NumberArray): void {
  for (let i = from; i < to; i++) {
    const value = v[x / v.BYTES_PER_ELEMENT + i];
    if (value < min || value > max) {
      fail(Status.OutOfRange, i);
      return;
    }
  }
}
