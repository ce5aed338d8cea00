import { views } from "../../memory/memory.js";
import type { NumberArray } from "../../memory/views.js";
import type { WhereArgs } from "../generated.js";
import { broadcast, unravel } from "./broadcast.js";
import { elements } from "./movement.js";

/** out = condition ? a : b */
export function where(r: WhereArgs, from: number, to: number, v: NumberArray): void {
  const bits = elements(v.BYTES_PER_ELEMENT);
  const out = r.out / v.BYTES_PER_ELEMENT;
  broadcast(r, from, to, bits, (i, a, b) => {
    const [i0, i1, i2, i3] = unravel(i, r);
    const condition = views.u8[r.condition + i0 * r.c0 + i1 * r.c1 + i2 * r.c2 + i3 * r.c3];
    bits[out + i] = condition ? a : b;
  });
}
