import { views } from "../../../memory/memory.js";
import type { NumberArray } from "../../../memory/views.js";
import type { PoolArgs } from "../../generated.js";
import { inputSize, outputSize, windows } from "./windows.js";

/** y[o] = max x[i] over the elements i of window o, and indices[o] = the i: of equals the first, of NaNs the last */
export function maxPool(r: PoolArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  const rows = r.od * r.oh;
  for (let plane = Math.floor(from / rows); plane * rows < to; plane++) {
    const x = r.x / size + plane * inputSize(r);
    windows(r, (output, elements) => {
      const row = plane * rows + Math.floor(output / r.ow);
      if (row < from || row >= to) return;
      let index = elements[0];
      for (const i of elements) if (v[x + i] > v[x + index] || Number.isNaN(v[x + i])) index = i;
      const at = plane * outputSize(r) + output;
      if (r.y) v[r.y / size + at] = v[x + index];
      if (r.indices) views.i32[r.indices / 4 + at] = index;
    });
  }
}

/** x[i] = Σ y[o] over the o whose indices[o] = i + beta · x[i] */
export function maxPoolGrad(r: PoolArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  for (let plane = from; plane < to; plane++) {
    const x = r.x / size + plane * inputSize(r);
    const at = plane * outputSize(r);
    if (r.beta === 0) v.fill(0, x, x + inputSize(r));
    for (let o = at; o < at + outputSize(r); o++) v[x + views.i32[r.indices / 4 + o]] += v[r.y / size + o];
  }
}
