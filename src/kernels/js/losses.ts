import { views } from "../../memory/memory.js";
import type { NumberArray } from "../../memory/views.js";
import { CHUNK } from "../generated/constants.js";
import type { LossArgs, LossChunksArgs, LossGradArgs, LossSumArgs } from "../generated.js";
import { sigmoid } from "./math.js";

/** A function of a prediction and a target. */
type Pairwise = (x: number, y: number) => number;

const squared: Pairwise = (x, y) => (x - y) * (x - y);
const squaredSlope: Pairwise = (x, y) => 2 * (x - y);
const logistic: Pairwise = (x, y) => {
  const k = x > 0 ? 1 - y : y;
  return (k === 0 ? 0 : Math.abs(x) * k) + Math.log1p(Math.exp(-Math.abs(x)));
};
const logisticSlope: Pairwise = (x, y) => (1 - y) * sigmoid(x) - y * sigmoid(-x);

function each({ x, y, out }: LossArgs, from: number, to: number, v: NumberArray, loss: Pairwise): void {
  const size = v.BYTES_PER_ELEMENT;
  for (let i = from; i < to; i++) v[out / size + i] = loss(v[x / size + i], v[y / size + i]);
}

function total(x: number, y: number, length: number, v: NumberArray, loss: Pairwise): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += loss(v[x + i], v[y + i]);
  return sum;
}

function sum(r: LossSumArgs, from: number, to: number, v: NumberArray, loss: Pairwise): void {
  const size = v.BYTES_PER_ELEMENT;
  if (from < to) v[r.out / size] = total(r.x / size, r.y / size, r.length, v, loss) / r.divisor;
}

function chunks(r: LossChunksArgs, from: number, to: number, v: NumberArray, loss: Pairwise): void {
  const [x, y] = [r.x / v.BYTES_PER_ELEMENT, r.y / v.BYTES_PER_ELEMENT];
  for (let i = from; i < to; i++) {
    const first = i * CHUNK;
    views.f64[r.out / 8 + i] = total(x + first, y + first, Math.min(CHUNK, r.length - first), v, loss);
  }
}

function gradient({ x, y, g, out, scale, gPerElement }: LossGradArgs, from: number, to: number, v: NumberArray, slope: Pairwise): void {
  const size = v.BYTES_PER_ELEMENT;
  for (let i = from; i < to; i++) v[out / size + i] = scale * v[g / size + (gPerElement ? i : 0)] * slope(v[x / size + i], v[y / size + i]);
}

/** (x − y)² */
export function squaredError(r: LossArgs, from: number, to: number, v: NumberArray): void {
  each(r, from, to, v, squared);
}

export function squaredErrorSum(r: LossSumArgs, from: number, to: number, v: NumberArray): void {
  sum(r, from, to, v, squared);
}

export function squaredErrorChunks(r: LossChunksArgs, from: number, to: number, v: NumberArray): void {
  chunks(r, from, to, v, squared);
}

export function squaredErrorGrad(r: LossGradArgs, from: number, to: number, v: NumberArray): void {
  gradient(r, from, to, v, squaredSlope);
}

/** max(x, 0) − xy + ln(1 + e^−|x|) */
export function binaryCrossEntropy(r: LossArgs, from: number, to: number, v: NumberArray): void {
  each(r, from, to, v, logistic);
}

export function binaryCrossEntropySum(r: LossSumArgs, from: number, to: number, v: NumberArray): void {
  sum(r, from, to, v, logistic);
}

export function binaryCrossEntropyChunks(r: LossChunksArgs, from: number, to: number, v: NumberArray): void {
  chunks(r, from, to, v, logistic);
}

export function binaryCrossEntropyGrad(r: LossGradArgs, from: number, to: number, v: NumberArray): void {
  gradient(r, from, to, v, logisticSlope);
}
