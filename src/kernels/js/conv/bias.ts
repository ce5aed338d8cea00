import type { NumberArray } from "../../../memory/views.js";
import type { ConvBiasArgs } from "../../generated.js";

/** out[c] = Σ y[n, c, o] + beta · out[c] over n, o */
export function convBias({ y, out, n, channels, size, beta }: ConvBiasArgs, from: number, to: number, v: NumberArray): void {
  const bytes = v.BYTES_PER_ELEMENT;
  for (let c = from; c < to; c++) {
    let sum = beta === 0 ? 0 : beta * v[out / bytes + c];
    for (let sample = 0; sample < n; sample++) {
      const plane = y / bytes + (sample * channels + c) * size;
      for (let i = 0; i < size; i++) sum += v[plane + i];
    }
    v[out / bytes + c] = sum;
  }
}
