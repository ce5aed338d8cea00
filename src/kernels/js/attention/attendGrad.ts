import type { NumberArray } from "../../../memory/views.js";
import type { AttendArgs } from "../../generated.js";
import { element, factor, scores } from "./attend.js";

/** dv = P′ᵀ · g, dS = P · (dropout(g · vᵀ) − Σ g · out), dk = scale · dSᵀ · q, dq = scale · dS · k */
export function attendGrad(r: AttendArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  for (let z = from; z < to; z++) {
    const sums = {
      dq: new Float64Array(r.length * r.dim),
      dk: new Float64Array(r.keys * r.dim),
      dv: new Float64Array(r.keys * r.width),
    };
    for (let i = 0; i < r.length; i++) {
      const x = scores(r, z, i, v);
      const g = element(r, r.g, "out", z, i, size);
      const out = element(r, r.out, "out", z, i, size);
      const q = element(r, r.q, "q", z, i, size);
      let dot = 0;
      for (let w = 0; w < r.width; w++) dot += v[g + w] * v[out + w];
      for (let j = 0; j < r.keys; j++) {
        const weight = Math.exp(x[j] - v[r.logSums / size + z * r.length + i]);
        const left = factor(r, z, i, j, size);
        const value = element(r, r.v, "v", z, j, size);
        const key = element(r, r.k, "k", z, j, size);
        let dWeight = 0;
        for (let w = 0; w < r.width; w++) {
          dWeight += v[g + w] * v[value + w];
          sums.dv[j * r.width + w] += weight * left * v[g + w];
        }
        const dScore = r.scale * weight * (dWeight * left - dot);
        for (let d = 0; d < r.dim; d++) {
          sums.dq[i * r.dim + d] += dScore * v[key + d];
          sums.dk[j * r.dim + d] += dScore * v[q + d];
        }
      }
    }
    if (r.dq) write(r, "q", r.dq, z, r.length, r.dim, sums.dq, v);
    if (r.dk) write(r, "k", r.dk, z, r.keys, r.dim, sums.dk, v);
    if (r.dv) write(r, "v", r.dv, z, r.keys, r.width, sums.dv, v);
  }
}

/** Writes a gradient to the rows of its head. */
function write(
  r: AttendArgs,
  which: "q" | "k" | "v",
  base: number,
  z: number,
  rows: number,
  columns: number,
  sums: Float64Array,
  v: NumberArray,
): void {
  for (let i = 0; i < rows; i++) v.set(sums.subarray(i * columns, (i + 1) * columns), element(r, base, which, z, i, v.BYTES_PER_ELEMENT));
}
