import { views } from "../../../memory/memory.js";
import type { NumberArray } from "../../../memory/views.js";
import type { ResampleArgs } from "../../generated.js";

/** out[o, i, j] = Σ weights[t] · x[o, indices[t], j] over the entries t of row i */
export function resample(r: ResampleArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  for (let line = from; line < to; line++) {
    const [o, i] = [Math.floor(line / r.count), line % r.count];
    const [first, end] = [views.i32[r.starts / 4 + i], views.i32[r.starts / 4 + i + 1]];
    for (let j = 0; j < r.inner; j++) {
      let sum = 0;
      for (let t = first; t < end; t++) {
        const element = (o * r.extent + views.i32[r.indices / 4 + t]) * r.inner + j;
        const product = v[r.weights / size + t] * v[r.x / size + element];
        sum = t === first ? product : sum + product;
      }
      v[r.out / size + line * r.inner + j] = sum;
    }
  }
}
