import type { NumberArray } from "../../../memory/views.js";
import { QUERIES } from "../../generated/constants.js";
import type { AttendArgs } from "../../generated.js";
import { kept } from "../random.js";

/** out = dropout(softmax(scale · q · kᵀ + mask + padding)) · v; a row that sees nothing becomes 0 */
export function attend(r: AttendArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  const blocks = Math.ceil(r.length / QUERIES);
  for (let unit = from; unit < to; unit++) {
    const z = Math.floor(unit / blocks);
    const top = (unit % blocks) * QUERIES;
    for (let i = top; i < Math.min(r.length, top + QUERIES); i++) {
      const x = scores(r, z, i, v);
      const maximum = x.reduce((a, b) => Math.max(a, b), -Infinity);
      const sum = maximum === -Infinity ? 0 : x.reduce((total, value) => total + Math.exp(value - maximum), 0);
      const logSum = sum === 0 ? Infinity : maximum + Math.log(sum);
      v[r.logSums / size + z * r.length + i] = logSum;
      const weights = x.map((value, j) => Math.exp(value - logSum) * factor(r, z, i, j, size));
      for (let w = 0; w < r.width; w++) {
        let total = 0;
        for (let j = 0; j < r.keys; j++) total += weights[j] * v[element(r, r.v, "v", z, j, size) + w];
        v[element(r, r.out, "out", z, i, size) + w] = total;
      }
    }
  }
}

/** Where a row of a head begins. */
export function element(r: AttendArgs, base: number, which: "q" | "k" | "v" | "out", z: number, row: number, size: number): number {
  const [b, h] = [Math.floor(z / r.heads), z % r.heads];
  return base / size + b * r[`${which}Batch`] + h * r[`${which}Head`] + row * r[`${which}Row`];
}

/** The products of query i and all keys, masked. */
export function scores(r: AttendArgs, z: number, i: number, v: NumberArray): Float64Array {
  const size = v.BYTES_PER_ELEMENT;
  const [b, h] = [Math.floor(z / r.heads), z % r.heads];
  const q = element(r, r.q, "q", z, i, size);
  return Float64Array.from({ length: r.keys }, (_, j) => {
    if (r.causal && j > i + r.past) return -Infinity;
    const k = element(r, r.k, "k", z, j, size);
    let sum = 0;
    for (let d = 0; d < r.dim; d++) sum += v[q + d] * v[k + d];
    sum *= r.scale;
    if (r.mask) sum += v[r.mask / size + b * r.maskBatch + h * r.maskHead + i * r.maskRow + j];
    return r.padding ? sum + v[r.padding / size + b * r.keys + j] : sum;
  });
}

/** What dropout multiplies a weight by. */
export function factor(r: AttendArgs, z: number, i: number, j: number, size: number): number {
  return r.p ? kept(r, (z * r.length + i) * r.keys + j, size) : 1;
}
