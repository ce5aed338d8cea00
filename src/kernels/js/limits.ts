import type { NumberArray } from "../../memory/views.js";
import type { LimitArgs } from "../generated.js";

/** x = factor · x + addend for each of 96 numbers, four times a round: 768 floating-point operations. */
export function multiplyAdds(r: LimitArgs, from: number, to: number, v: NumberArray): void {
  const x = r.x / v.BYTES_PER_ELEMENT;
  for (let step = 4 * from; step < 4 * to; step++) {
    for (let i = x; i < x + 96; i++) v[i] = v[x + 96] * v[i] + v[x + 97];
  }
}
