import type { NumberArray } from "../../memory/views.js";
import type { SoftmaxArgs, SoftmaxGradArgs } from "../generated.js";

/** The maximum of n elements from `at` on; NaN if one is NaN. */
export function maximum(v: NumberArray, at: number, n: number): number {
  let m = -Infinity;
  for (let k = 0; k < n; k++) m = Math.max(m, v[at + k]);
  return m;
}

/** Σ exp(v − shift) over n elements from `at` on. */
export function sumExp(v: NumberArray, at: number, n: number, shift: number): number {
  let sum = 0;
  for (let k = 0; k < n; k++) sum += Math.exp(v[at + k] - shift);
  return sum;
}

export function softmaxRows(r: SoftmaxArgs, from: number, to: number, v: NumberArray): void {
  const n = r.columns;
  for (let i = from; i < to; i++) {
    const x = r.x / v.BYTES_PER_ELEMENT + i * n;
    const out = r.out / v.BYTES_PER_ELEMENT + i * n;
    const m = maximum(v, x, n);
    let sum = 0;
    for (let k = 0; k < n; k++) {
      const e = Math.exp(v[x + k] - m);
      v[out + k] = e;
      sum += e;
    }
    for (let k = 0; k < n; k++) v[out + k] /= sum;
  }
}

export function logSoftmaxRows(r: SoftmaxArgs, from: number, to: number, v: NumberArray): void {
  const n = r.columns;
  for (let i = from; i < to; i++) {
    const x = r.x / v.BYTES_PER_ELEMENT + i * n;
    const out = r.out / v.BYTES_PER_ELEMENT + i * n;
    const m = maximum(v, x, n);
    const logSum = Math.log(sumExp(v, x, n, m));
    for (let k = 0; k < n; k++) v[out + k] = v[x + k] - m - logSum;
  }
}

export function softmaxRowsGrad(r: SoftmaxGradArgs, from: number, to: number, v: NumberArray): void {
  const n = r.columns;
  for (let i = from; i < to; i++) {
    const y = r.y / v.BYTES_PER_ELEMENT + i * n;
    const g = r.g / v.BYTES_PER_ELEMENT + i * n;
    const out = r.out / v.BYTES_PER_ELEMENT + i * n;
    let dot = 0;
    for (let k = 0; k < n; k++) dot += v[g + k] * v[y + k];
    for (let k = 0; k < n; k++) v[out + k] = v[y + k] * (v[g + k] - dot);
  }
}

export function logSoftmaxRowsGrad(r: SoftmaxGradArgs, from: number, to: number, v: NumberArray): void {
  const n = r.columns;
  for (let i = from; i < to; i++) {
    const y = r.y / v.BYTES_PER_ELEMENT + i * n;
    const g = r.g / v.BYTES_PER_ELEMENT + i * n;
    const out = r.out / v.BYTES_PER_ELEMENT + i * n;
    let sum = 0;
    for (let k = 0; k < n; k++) sum += v[g + k];
    for (let k = 0; k < n; k++) v[out + k] = v[g + k] - Math.exp(v[y + k]) * sum;
  }
}
