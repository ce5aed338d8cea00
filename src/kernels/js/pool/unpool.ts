import { views } from "../../../memory/memory.js";
import type { NumberArray } from "../../../memory/views.js";
import { Status } from "../../generated/constants.js";
import type { UnpoolArgs } from "../../generated.js";
import { fail } from "../../status.js";

/** out[indices[i]] = x[i], 0 elsewhere */
export function maxUnpool(r: UnpoolArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  for (let plane = from; plane < to; plane++) {
    const out = r.out / size + plane * r.size;
    v.fill(0, out, out + r.size);
    for (let i = plane * r.n; i < (plane + 1) * r.n; i++) {
      const index = views.i32[r.indices / 4 + i];
      if (index >= 0 && index < r.size) v[out + index] = v[r.x / size + i];
      else fail(Status.IndexOutOfRange, i);
    }
  }
}
