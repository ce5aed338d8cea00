import { views } from "../../memory/memory.js";
import type { NumberArray } from "../../memory/views.js";
import { Activation } from "../generated/constants.js";
import type { BatchNormArgs, BatchNormGradArgs, CountArgs } from "../generated.js";

/** The first of a sample's values of a channel, counted from the first element of the array. */
function firstOf(r: { channels: number; inner: number }, sample: number, channel: number): number {
  return (sample * r.channels + channel) * r.inner;
}

/** running ← (1 − momentum) · running + momentum · new, of the unbiased variance */
export function batchNorm(r: BatchNormArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  const momentum = r.momentum < 0 ? 1 / views.i32[r.count / 4] : r.momentum;
  const m = r.outer * r.inner;
  for (let channel = from; channel < to; channel++) {
    let mean = 0;
    let variance = 0;
    for (let o = 0; o < r.outer; o++) {
      const x = r.x / size + firstOf(r, o, channel);
      for (let i = 0; i < r.inner; i++) mean += v[x + i] / m;
    }
    for (let o = 0; o < r.outer; o++) {
      const x = r.x / size + firstOf(r, o, channel);
      for (let i = 0; i < r.inner; i++) variance += ((v[x + i] - mean) * (v[x + i] - mean)) / m;
    }
    if (r.runningMean) {
      const meanAt = r.runningMean / size + channel;
      const varAt = r.runningVar / size + channel;
      v[meanAt] = (1 - momentum) * v[meanAt] + momentum * mean;
      v[varAt] = (1 - momentum) * v[varAt] + (momentum * variance * m) / (m - 1);
    }
    apply(r, channel, mean, variance, v);
  }
}

export function batchNormEval(r: BatchNormArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  for (let channel = from; channel < to; channel++) {
    apply(r, channel, v[r.runningMean / size + channel], v[r.runningVar / size + channel], v);
  }
}

/** y = (x − mean) / √(variance + ε) · weight + bias, not below 0 for relu */
function apply(r: BatchNormArgs, channel: number, mean: number, variance: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  const s = 1 / Math.sqrt(variance + r.epsilon);
  const weight = r.weight ? v[r.weight / size + channel] : 1;
  const bias = r.bias ? v[r.bias / size + channel] : 0;
  v[r.saved / size + channel] = mean;
  v[r.saved / size + r.channels + channel] = s;
  for (let o = 0; o < r.outer; o++) {
    const first = firstOf(r, o, channel);
    for (let i = first; i < first + r.inner; i++) {
      const y = (v[r.x / size + i] - mean) * s * weight + bias;
      v[r.out / size + i] = r.act === Activation.Relu && y < 0 ? 0 : y;
    }
  }
}

/** dbias = Σ g;  dweight = Σ g · x̂;  dx = weight · s · (g − dbias / m − x̂ · dweight / m), without the means outside of training */
export function batchNormGrad(r: BatchNormGradArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  for (let channel = from; channel < to; channel++) {
    const mean = v[r.saved / size + channel];
    const s = v[r.saved / size + r.channels + channel];
    const weight = r.weight ? v[r.weight / size + channel] : 1;
    let dBias = 0;
    let dWeight = 0;
    for (let o = 0; o < r.outer; o++) {
      const first = firstOf(r, o, channel);
      for (let i = first; i < first + r.inner; i++) {
        const g = upstream(r, i, v);
        dBias += g;
        dWeight += g * (v[r.x / size + i] - mean) * s;
      }
    }
    if (r.weightGrad) writeOrAdd(v, r.weightGrad / size + channel, dWeight, r.weightBeta);
    if (r.biasGrad) writeOrAdd(v, r.biasGrad / size + channel, dBias, r.biasBeta);
    if (r.out === 0) continue;
    const share = r.training ? 1 / (r.outer * r.inner) : 0;
    for (let o = 0; o < r.outer; o++) {
      const first = firstOf(r, o, channel);
      for (let i = first; i < first + r.inner; i++) {
        const normal = (v[r.x / size + i] - mean) * s;
        v[r.out / size + i] = weight * s * (upstream(r, i, v) - share * (dBias + normal * dWeight));
      }
    }
  }
}

/** What the activation lets through of g. */
function upstream(r: BatchNormGradArgs, i: number, v: NumberArray): number {
  return r.act === Activation.Relu && v[r.y / v.BYTES_PER_ELEMENT + i] <= 0 ? 0 : v[r.g / v.BYTES_PER_ELEMENT + i];
}

/** out = beta · out + value; beta 0 does not read out, whose old content may be NaN. */
export function writeOrAdd(v: NumberArray, at: number, value: number, beta: number): void {
  v[at] = beta === 0 ? value : value + beta * v[at];
}

export function countUp(r: CountArgs, from: number, to: number, _v: NumberArray): void {
  views.i32[r.count / 4] += to - from;
}
