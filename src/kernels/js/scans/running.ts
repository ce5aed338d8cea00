import { views } from "../../../memory/memory.js";
import type { NumberArray } from "../../../memory/views.js";
import type { LinearScanArgs, RunningArgs } from "../../generated.js";
import { firstOf } from "../fold.js";

export function linearScan(r: LinearScanArgs, from: number, to: number, v: NumberArray): void {
  const bytes = v.BYTES_PER_ELEMENT;
  const [toTerm, toOut] = [(r.b - r.x) / bytes, (r.out - r.x) / bytes];
  for (let u = from; u < to; u++) {
    const first = firstOf(r, u, bytes);
    let y = 1;
    for (let k = 0; k < r.reduced; k++) {
      const at = first + (r.reverse ? r.reduced - 1 - k : k) * r.inner;
      if (r.b === 0) y *= v[at];
      else y = k === 0 ? v[at + toTerm] : v[at] * y + v[at + toTerm];
      v[at + toOut] = y;
    }
  }
}

export function cummax(r: RunningArgs, from: number, to: number, v: NumberArray): void {
  positions(r, from, to, v, 1);
}

export function cummin(r: RunningArgs, from: number, to: number, v: NumberArray): void {
  positions(r, from, to, v, -1);
}

function positions(r: RunningArgs, from: number, to: number, v: NumberArray, sign: number): void {
  const bytes = v.BYTES_PER_ELEMENT;
  for (let u = from; u < to; u++) {
    const first = firstOf(r, u, bytes);
    let at = 0;
    let best = sign * v[first];
    for (let k = 0; k < r.reduced; k++) {
      const value = sign * v[first + k * r.inner];
      if (value >= best || Number.isNaN(value)) [best, at] = [value, k];
      views.i32[r.out / 4 + first + k * r.inner - r.x / bytes] = at;
    }
  }
}

export function logCumSumExp(r: RunningArgs, from: number, to: number, v: NumberArray): void {
  const bytes = v.BYTES_PER_ELEMENT;
  const toOut = (r.out - r.x) / bytes;
  for (let u = from; u < to; u++) {
    const first = firstOf(r, u, bytes);
    let most = -Infinity;
    let sum = 0;
    for (let k = 0; k < r.reduced; k++) {
      const x = v[first + k * r.inner];
      const e = x === most ? 1 : Math.exp(-Math.abs(x - most));
      sum = x > most ? sum * e + 1 : sum + e;
      if (x > most) most = x;
      v[first + k * r.inner + toOut] = most + Math.log(sum);
    }
  }
}
