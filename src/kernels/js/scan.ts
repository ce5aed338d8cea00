import type { NumberArray } from "../../memory/views.js";
import type { CumsumArgs } from "../generated.js";
import { firstOf } from "./fold.js";

export function cumsum(r: CumsumArgs, from: number, to: number, v: NumberArray): void {
  const toOut = (r.out - r.x) / v.BYTES_PER_ELEMENT;
  for (let i = from; i < to; i++) {
    const first = firstOf(r, i, v.BYTES_PER_ELEMENT);
    let sum = 0;
    for (let k = 0; k < r.reduced; k++) {
      const at = first + (r.reverse ? r.reduced - 1 - k : k) * r.inner;
      sum += v[at];
      v[toOut + at] = sum;
    }
  }
}
