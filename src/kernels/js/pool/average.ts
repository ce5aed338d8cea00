import type { NumberArray } from "../../../memory/views.js";
import type { PoolArgs } from "../../generated.js";
import { inputSize, outputSize, windows } from "./windows.js";

/** y[o] = Σ x[i] / divisor over the elements i of window o */
export function averagePool(r: PoolArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  const rows = r.od * r.oh;
  for (let plane = Math.floor(from / rows); plane * rows < to; plane++) {
    const x = r.x / size + plane * inputSize(r);
    windows(r, (output, elements, divisor) => {
      const row = plane * rows + Math.floor(output / r.ow);
      if (row < from || row >= to) return;
      let sum = 0;
      for (const i of elements) sum += v[x + i];
      v[r.y / size + plane * outputSize(r) + output] = sum / divisor;
    });
  }
}

/** x[i] = Σ y[o] / divisor over the windows o that hold i + beta · x[i] */
export function averagePoolGrad(r: PoolArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  for (let plane = from; plane < to; plane++) {
    const x = r.x / size + plane * inputSize(r);
    const y = r.y / size + plane * outputSize(r);
    if (r.beta === 0) v.fill(0, x, x + inputSize(r));
    windows(r, (output, elements, divisor) => {
      for (const i of elements) v[x + i] += v[y + output] / divisor;
    });
  }
}
