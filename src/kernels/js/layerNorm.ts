import type { NumberArray } from "../../memory/views.js";
import type { LayerNormArgs, LayerNormGradArgs, LayerNormSumsArgs } from "../generated.js";
import { writeOrAdd } from "./batchNorm.js";

export function layerNorm(r: LayerNormArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  const n = r.columns;
  for (let i = from; i < to; i++) {
    const x = r.x / size + i * n;
    let mean = 0;
    if (r.centered) for (let k = 0; k < n; k++) mean += v[x + k] / n;
    let variance = 0;
    for (let k = 0; k < n; k++) variance += ((v[x + k] - mean) * (v[x + k] - mean)) / n;
    const s = 1 / Math.sqrt(variance + r.epsilon);
    v[r.saved / size + 2 * i] = mean;
    v[r.saved / size + 2 * i + 1] = s;
    for (let k = 0; k < n; k++) {
      const bias = r.bias ? v[r.bias / size + k] : 0;
      v[r.out / size + i * n + k] = (v[x + k] - mean) * s * weightOf(r, k, v) + bias;
    }
  }
}

/** dx = s · (h − mean h − x̂ · mean(h · x̂)), h = g · weight */
export function layerNormGrad(r: LayerNormGradArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  const n = r.columns;
  for (let i = from; i < to; i++) {
    const mean = v[r.saved / size + 2 * i];
    const s = v[r.saved / size + 2 * i + 1];
    let sum = 0;
    let dot = 0;
    for (let k = 0; k < n; k++) {
      const h = v[r.g / size + i * n + k] * weightOf(r, k, v);
      if (r.centered) sum += h;
      dot += h * (v[r.x / size + i * n + k] - mean) * s;
    }
    for (let k = 0; k < n; k++) {
      const h = v[r.g / size + i * n + k] * weightOf(r, k, v);
      const normal = (v[r.x / size + i * n + k] - mean) * s;
      v[r.out / size + i * n + k] = s * (h - (sum + normal * dot) / n);
    }
  }
}

export function layerNormSums(r: LayerNormSumsArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  const n = r.columns;
  for (let k = from; k < to; k++) {
    let sum = 0;
    let dot = 0;
    for (let i = 0; i < r.rows; i++) {
      const g = v[r.g / size + i * n + k];
      sum += g;
      dot += g * (v[r.x / size + i * n + k] - v[r.saved / size + 2 * i]) * v[r.saved / size + 2 * i + 1];
    }
    if (r.weightGrad) writeOrAdd(v, r.weightGrad / size + k, dot, r.weightBeta);
    if (r.biasGrad) writeOrAdd(v, r.biasGrad / size + k, sum, r.biasBeta);
  }
}

function weightOf(r: { weight: number }, column: number, v: NumberArray): number {
  return r.weight ? v[r.weight / v.BYTES_PER_ELEMENT + column] : 1;
}
