/**
 * Convolution (cross-correlation) over up to three axes, and its two gradients. One record serves all three, as each of input, weight and
 * output follows from the two others. With i = o · stride − pad + k · dilation along every axis, outside of the input zero:
 *
 *   convOutput   y[n, f, o] = Σ x[n, c, i] · weight[f, c, k]     over c, k
 *   convInput    x[n, c, i] = Σ y[n, f, o] · weight[f, c, k]     over f and all o, k that meet i: the gradient of x, a transposed convolution
 *   convWeight   weight[f, c, k] = Σ y[n, f, o] · x[n, c, i]     over n, o: the gradient of weight
 *
 * Each group of filters sees its own channels only. Fewer than three axes are the last ones; the others have extent 1.
 */
import { Activation } from "../epilogue";

@unmanaged
export class ConvArgs {
  x: usize; // [n, groups · channels, d, h, w]
  weight: usize; // [groups · filters, channels, kd, kh, kw]
  y: usize; // [n, groups · filters, od, oh, ow]
  bias: usize; // added to every plane of the result: [groups · filters] for y, [groups · channels] for x; 0 = none
  n: u32; // samples
  groups: u32;
  channels: u32; // of the input, in a group
  filters: u32; // in a group
  d: u32; // extents of the input
  h: u32;
  w: u32;
  od: u32; // extents of the output
  oh: u32;
  ow: u32;
  kd: u32; // extents of the kernel
  kh: u32;
  kw: u32;
  strideD: u32; // from window to window, ≥ 1
  strideH: u32;
  strideW: u32;
  padD: u32; // zeros before the input; those behind it follow from the extents of the output
  padH: u32;
  padW: u32;
  dilationD: u32; // from element to element of a window, ≥ 1
  dilationH: u32;
  dilationW: u32;
  beta: f32; // factor of what the result holds; 0 = it is written only
  act: u32; // applied last: see Activation
}

/** y. Range: planes of y. @cost od * oh * ow * channels * kd * kh * kw @narrow @flops 2 * od * oh * ow * channels * kd * kh * kw @bytes 4 * od * oh * ow */
export function convOutput(r: ConvArgs, from: u32, to: u32): void {
  const size = r.d * r.h * r.w, outSize = r.od * r.oh * r.ow, taps = r.kd * r.kh * r.kw, filters = r.groups * r.filters;
  for (let plane = from; plane < to; plane++) {
    const n = plane / filters, f = plane % filters, group = f / r.filters, bias: f32 = r.bias ? at(r.bias, f) : 0;
    const x = r.x + (<usize>(n * r.groups + group) * r.channels * size << 2), weight = r.weight + (<usize>f * r.channels * taps << 2);
    let y = r.y + (<usize>plane * outSize << 2);
    for (let a: u32 = 0; a < r.od; a++) for (let b: u32 = 0; b < r.oh; b++) for (let c: u32 = 0; c < r.ow; c++, y += 4) {
      let sum: f64 = 0;
      for (let p: u32 = 0; p < r.kd; p++) for (let q: u32 = 0; q < r.kh; q++) for (let s: u32 = 0; s < r.kw; s++) {
        // Before the input, a coordinate wraps around to a large one.
        const i = a * r.strideD + p * r.dilationD - r.padD, j = b * r.strideH + q * r.dilationH - r.padH;
        const k = c * r.strideW + s * r.dilationW - r.padW;
        if (i >= r.d || j >= r.h || k >= r.w) continue;
        const element = (i * r.h + j) * r.w + k, tap = (p * r.kh + q) * r.kw + s;
        for (let channel: u32 = 0; channel < r.channels; channel++) {
          sum += <f64>at(x, channel * size + element) * <f64>at(weight, channel * taps + tap);
        }
      }
      settle(y, sum, bias, r);
    }
  }
}

/** x. Range: planes of x. @cost d * h * w * filters * kd * kh * kw @narrow @flops 2 * d * h * w * filters * kd * kh * kw @bytes 4 * d * h * w */
export function convInput(r: ConvArgs, from: u32, to: u32): void {
  const size = r.d * r.h * r.w, outSize = r.od * r.oh * r.ow, taps = r.kd * r.kh * r.kw, channels = r.groups * r.channels;
  for (let plane = from; plane < to; plane++) {
    const n = plane / channels, c = plane % channels, group = c / r.channels, bias: f32 = r.bias ? at(r.bias, c) : 0;
    const y = r.y + (<usize>(n * r.groups + group) * r.filters * outSize << 2);
    const weight = r.weight + (<usize>(group * r.filters * r.channels + c % r.channels) * taps << 2);
    let x = r.x + (<usize>plane * size << 2);
    for (let i: u32 = 0; i < r.d; i++) for (let j: u32 = 0; j < r.h; j++) for (let k: u32 = 0; k < r.w; k++, x += 4) {
      let sum: f64 = 0;
      for (let p: u32 = 0; p < r.kd; p++) for (let q: u32 = 0; q < r.kh; q++) for (let s: u32 = 0; s < r.kw; s++) {
        const a = i + r.padD - p * r.dilationD, b = j + r.padH - q * r.dilationH, e = k + r.padW - s * r.dilationW;
        if (a % r.strideD || b % r.strideH || e % r.strideW) continue;
        // A negative one is larger than any extent, divided by a stride, too.
        if (<i32>a < 0 || <i32>b < 0 || <i32>e < 0) continue;
        const o = a / r.strideD, u = b / r.strideH, v = e / r.strideW;
        if (o >= r.od || u >= r.oh || v >= r.ow) continue;
        const element = (o * r.oh + u) * r.ow + v, tap = (p * r.kh + q) * r.kw + s;
        for (let f: u32 = 0; f < r.filters; f++) {
          sum += <f64>at(y, f * outSize + element) * <f64>at(weight, f * r.channels * taps + tap);
        }
      }
      settle(x, sum, bias, r);
    }
  }
}

/** weight. Range: filters. @cost n * od * oh * ow * channels * kd * kh * kw @narrow @flops 2 * n * od * oh * ow * channels * kd * kh * kw @bytes 4 * channels * kd * kh * kw */
export function convWeight(r: ConvArgs, from: u32, to: u32): void {
  const size = r.d * r.h * r.w, outSize = r.od * r.oh * r.ow;
  for (let f = from; f < to; f++) for (let channel: u32 = 0; channel < r.channels; channel++) {
    const group = f / r.filters;
    let weight = r.weight + (<usize>(f * r.channels + channel) * r.kd * r.kh * r.kw << 2);
    for (let p: u32 = 0; p < r.kd; p++) for (let q: u32 = 0; q < r.kh; q++) for (let s: u32 = 0; s < r.kw; s++, weight += 4) {
      let sum: f64 = 0;
      for (let n: u32 = 0; n < r.n; n++) {
        const x = r.x + (<usize>((n * r.groups + group) * r.channels + channel) * size << 2);
        const y = r.y + (<usize>(n * r.groups * r.filters + f) * outSize << 2);
        for (let a: u32 = 0; a < r.od; a++) for (let b: u32 = 0; b < r.oh; b++) for (let c: u32 = 0; c < r.ow; c++) {
          const i = a * r.strideD + p * r.dilationD - r.padD, j = b * r.strideH + q * r.dilationH - r.padH;
          const k = c * r.strideW + s * r.dilationW - r.padW;
          if (i >= r.d || j >= r.h || k >= r.w) continue;
          sum += <f64>at(y, (a * r.oh + b) * r.ow + c) * <f64>at(x, (i * r.h + j) * r.w + k);
        }
      }
      settle(weight, sum, 0, r);
    }
  }
}

/** Element i of the floats at an address. */
@inline
function at(address: usize, i: u32): f32 {
  return load<f32>(address + (<usize>i << 2));
}

/** Writes a sum: act(sum + beta · result + bias). */
@inline
function settle(result: usize, sum: f64, bias: f32, r: ConvArgs): void {
  let value = <f32>sum + bias;
  if (r.beta != 0) value += r.beta * load<f32>(result);
  store<f32>(result, r.act == Activation.Relu && value <= 0 ? 0 : value);
}
