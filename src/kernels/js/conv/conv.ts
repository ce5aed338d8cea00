import type { NumberArray } from "../../../memory/views.js";
import { Activation, UNIT_FILTERS, UNIT_POSITIONS } from "../../generated/constants.js";
import type { ConvArgs } from "../../generated.js";

/** What a pair of an input and an output element contributes to the result. */
type Visit = (input: number, output: number, tap: number) => void;

/** y[n, f, o] = act(Σ x[n, c, i] · weight[f, c, k] + beta · y + bias[f]) */
export function convOutput(r: ConvArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  const positions = r.od * r.oh * r.ow;
  const units = Math.ceil(positions / UNIT_POSITIONS);
  for (let first = Math.floor(from / units); first * units < to; first++) {
    // The positions of this group of this sample that belong to the range.
    const begin = Math.max(0, from - first * units) * UNIT_POSITIONS;
    const end = Math.min(positions, (to - first * units) * UNIT_POSITIONS);
    const group = first % r.groups;
    for (let f = group * r.filters; f < (group + 1) * r.filters; f++) {
      const sums = new Float64Array(positions);
      for (let c = 0; c < r.channels; c++) {
        const x = r.x / size + inputPlane(r, Math.floor(first / r.groups), f, c);
        const weight = r.weight / size + (f * r.channels + c) * taps(r);
        windows(r, (input, output, tap) => {
          sums[output] += v[x + input] * v[weight + tap];
        });
      }
      const y = r.y / size + (Math.floor(first / r.groups) * r.groups * r.filters + f) * positions;
      for (let i = begin; i < end; i++) settle(v, y + i, sums[i], r.bias ? v[r.bias / size + f] : 0, r);
    }
  }
}

/** x[n, c, i] = act(Σ y[n, f, o] · weight[f, c, k] + beta · x + bias[c]) over the f of the group and all o, k that meet i */
export function convInput(r: ConvArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  const channels = r.groups * r.channels;
  for (let plane = from; plane < to; plane++) {
    const n = Math.floor(plane / channels);
    const channel = plane % channels;
    const group = Math.floor(channel / r.channels);
    const sums = new Float64Array(r.d * r.h * r.w);
    for (let f = group * r.filters; f < (group + 1) * r.filters; f++) {
      const y = r.y / size + (n * r.groups * r.filters + f) * r.od * r.oh * r.ow;
      const weight = r.weight / size + (f * r.channels + (channel % r.channels)) * taps(r);
      windows(r, (input, output, tap) => {
        sums[input] += v[y + output] * v[weight + tap];
      });
    }
    const x = r.x / size + plane * sums.length;
    for (let i = 0; i < sums.length; i++) settle(v, x + i, sums[i], r.bias ? v[r.bias / size + channel] : 0, r);
  }
}

/** weight[part, f, c, k] = Σ y[n, f, o] · x[n, c, i] + beta · weight over all o, and over the n of a part */
export function convWeight(r: ConvArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  const strips = Math.ceil(r.filters / UNIT_FILTERS);
  for (let unit = from; unit < to; unit++) {
    const part = Math.floor(unit / (r.groups * strips));
    const group = Math.floor(unit / strips) % r.groups;
    const begin = (unit % strips) * UNIT_FILTERS;
    const [first, last] = [part, part + 1].map((i) => Math.floor((i * r.n) / r.parts));
    for (let f = group * r.filters + begin; f < group * r.filters + Math.min(r.filters, begin + UNIT_FILTERS); f++) {
      for (let c = 0; c < r.channels; c++) {
        const sums = new Float64Array(taps(r));
        for (let n = first; n < last; n++) {
          const x = r.x / size + inputPlane(r, n, f, c);
          const y = r.y / size + (n * r.groups * r.filters + f) * r.od * r.oh * r.ow;
          windows(r, (input, output, tap) => {
            sums[tap] += v[y + output] * v[x + input];
          });
        }
        const weight = r.weight / size + ((part * r.groups * r.filters + f) * r.channels + c) * sums.length;
        for (let tap = 0; tap < sums.length; tap++) settle(v, weight + tap, sums[tap], 0, r);
      }
    }
  }
}

/** Visits every element of every window of a plane that lies in the input. */
function windows(r: ConvArgs, visit: Visit): void {
  for (let a = 0; a < r.od; a++) {
    for (let b = 0; b < r.oh; b++) {
      for (let c = 0; c < r.ow; c++) {
        for (let tap = 0; tap < taps(r); tap++) {
          const i = a * r.strideD - r.padD + Math.floor(tap / (r.kh * r.kw)) * r.dilationD;
          const j = b * r.strideH - r.padH + (Math.floor(tap / r.kw) % r.kh) * r.dilationH;
          const k = c * r.strideW - r.padW + (tap % r.kw) * r.dilationW;
          const inside = i >= 0 && i < r.d && j >= 0 && j < r.h && k >= 0 && k < r.w;
          if (inside) visit((i * r.h + j) * r.w + k, (a * r.oh + b) * r.ow + c, tap);
        }
      }
    }
  }
}

function taps(r: ConvArgs): number {
  return r.kd * r.kh * r.kw;
}

/** Where the plane of x begins that channel c of filter f sees. */
function inputPlane(r: ConvArgs, n: number, f: number, c: number): number {
  return ((n * r.groups + Math.floor(f / r.filters)) * r.channels + c) * r.d * r.h * r.w;
}

function settle(v: NumberArray, i: number, sum: number, bias: number, r: ConvArgs): void {
  const value = sum + bias + (r.beta ? r.beta * v[i] : 0);
  v[i] = r.act === Activation.Relu && value <= 0 ? 0 : value;
}
