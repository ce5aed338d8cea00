import { views } from "../../memory/memory.js";
import type { NumberArray } from "../../memory/views.js";
import { CHUNK } from "../generated/constants.js";
import type { NormArgs, ReduceArgs, SumArgs, SumChunksArgs, SumPartialsArgs, VarianceArgs } from "../generated.js";
import { firstOf } from "./fold.js";

/** Σ of n elements, `step` apart. */
export function total(v: NumberArray, first: number, n: number, step: number): number {
  let sum = 0;
  for (let k = 0; k < n; k++) sum += v[first + k * step];
  return sum;
}

/** Σ of n elements divided by d. If the sum overflows, each term is divided. */
function quotient(v: NumberArray, first: number, n: number, step: number, d: number): number {
  const sum = total(v, first, n, step);
  if (Number.isFinite(sum) || d === 1) return sum / d;
  let divided = 0;
  for (let k = 0; k < n; k++) divided += v[first + k * step] / d;
  return divided;
}

/** The greatest magnitude, by which terms are divided before their powers are summed; 1 for none, or one that is not finite. */
function scaleOf(terms: Float64Array): number {
  let scale = 0;
  for (const term of terms) scale = Math.max(scale, Math.abs(term));
  return scale > 0 && scale < Infinity ? scale : 1;
}

/** out = beta · out + value; beta 0 does not read out, whose old content may be NaN. */
function writeOrAdd(v: NumberArray, at: number, value: number, beta: number): void {
  v[at] = beta === 0 ? value : value + beta * v[at];
}

export function sum(r: SumArgs, from: number, to: number, v: NumberArray): void {
  const bytes = v.BYTES_PER_ELEMENT;
  for (let i = from; i < to; i++) {
    writeOrAdd(v, r.out / bytes + i, quotient(v, firstOf(r, i, bytes), r.reduced, r.inner, r.divisor), r.beta);
  }
}

export function sumChunks(r: SumChunksArgs, from: number, to: number, v: NumberArray): void {
  const x = r.x / v.BYTES_PER_ELEMENT;
  for (let i = from; i < to; i++) views.f64[r.out / 8 + i] = total(v, x + i * CHUNK, Math.min(CHUNK, r.length - i * CHUNK), 1);
}

export function sumPartials(r: SumPartialsArgs, from: number, to: number, v: NumberArray): void {
  if (from < to) writeOrAdd(v, r.out / v.BYTES_PER_ELEMENT, total(views.f64, r.x / 8, r.length, 1) / r.divisor, r.beta);
}

export function prod(r: ReduceArgs, from: number, to: number, v: NumberArray): void {
  const bytes = v.BYTES_PER_ELEMENT;
  for (let i = from; i < to; i++) {
    const first = firstOf(r, i, bytes);
    let product = 1;
    for (let k = 0; k < r.reduced; k++) product *= v[first + k * r.inner];
    v[r.out / bytes + i] = product;
  }
}

export function variance(r: VarianceArgs, from: number, to: number, v: NumberArray): void {
  const bytes = v.BYTES_PER_ELEMENT;
  for (let i = from; i < to; i++) {
    const first = firstOf(r, i, bytes);
    const mean = quotient(v, first, r.reduced, r.inner, r.reduced);
    const deviations = Float64Array.from({ length: r.reduced }, (_, k) => v[first + k * r.inner] - mean);
    // The root of a sum of squares need not overflow or vanish with the squares.
    const scale = r.root ? scaleOf(deviations) : 1;
    let sum = 0;
    for (const deviation of deviations) sum += (deviation / scale) ** 2;
    const variance = sum / Math.max(r.reduced - r.correction, 0);
    v[r.out / bytes + i] = r.root ? scale * Math.sqrt(variance) : variance;
    if (r.mean) v[r.mean / bytes + i] = mean;
  }
}

export function logSumExp(r: ReduceArgs, from: number, to: number, v: NumberArray): void {
  const bytes = v.BYTES_PER_ELEMENT;
  for (let i = from; i < to; i++) {
    const first = firstOf(r, i, bytes);
    let shift = -Infinity;
    for (let k = 0; k < r.reduced; k++) shift = Math.max(shift, v[first + k * r.inner]);
    // ∞ − ∞ would be NaN, where the result is ∞ or −∞.
    if (Math.abs(shift) === Infinity) shift = 0;
    let sum = 0;
    for (let k = 0; k < r.reduced; k++) sum += Math.exp(v[first + k * r.inner] - shift);
    v[r.out / bytes + i] = shift + Math.log(sum);
  }
}

export function norm(r: NormArgs, from: number, to: number, v: NumberArray): void {
  const bytes = v.BYTES_PER_ELEMENT;
  for (let i = from; i < to; i++) {
    const first = firstOf(r, i, bytes);
    const magnitudes = Float64Array.from({ length: r.reduced }, (_, k) => Math.abs(v[first + k * r.inner]));
    v[r.out / bytes + i] = normOf(magnitudes, r.p);
  }
}

function normOf(magnitudes: Float64Array, p: number): number {
  const scale = p === 1 || p === Infinity ? 1 : scaleOf(magnitudes);
  let sum = 0;
  for (const magnitude of magnitudes) {
    const x = magnitude / scale;
    if (p === Infinity) sum = Math.max(sum, x);
    else if (p === 1) sum += x;
    else if (p === 2) sum += x * x;
    else sum += x ** p;
  }
  if (p === 1 || p === Infinity) return sum;
  return scale * (p === 2 ? Math.sqrt(sum) : sum ** (1 / p));
}
