import { views } from "../../memory/memory.js";
import type { NumberArray } from "../../memory/views.js";
import type { WhereArgs } from "../generated.js";
import { broadcast, unravel } from "./broadcast.js";

/** out = condition ? a : b */
export function where(r: WhereArgs, from: number, to: number, v: NumberArray): void {
  const out = r.out / v.BYTES_PER_ELEMENT;
  broadcast(r, from, to, v, (i, a, b) => {
    const [i0, i1, i2, i3] = unravel(i, r);
    const condition = views.u8[r.condition + i0 * r.c0 + i1 * r.c1 + i2 * r.c2 + i3 * r.c3];
    v[out + i] = condition ? a : b;
  });
}
