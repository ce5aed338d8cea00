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
import { depthwiseInput, depthwiseOutput, depthwiseWeight, isDepthwise, isDepthwiseTurned } from "./depthwise";
import { scatterInput } from "./input";
import { gatherOutput } from "./output";
import { plainInput, plainOutput, plainWeight } from "./plain";
import { gatherWeight } from "./weight";
import { fits } from "./windows";

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
  parts: u32; // of convWeight: how many sums there are, each over a part of the samples; weight is [parts, groups · filters, …] then
  beta: f32; // factor of what the result holds; 0 = it is written only
  act: u32; // applied last: see Activation
}

/** The record where it is not that of a kernel. */
export type Convolution = ConvArgs;

/** Positions of output in a unit of the range of convOutput. @host */
export const UNIT_POSITIONS: u32 = 16;
/** Filters in a unit of the range of convWeight. @host */
export const UNIT_FILTERS: u32 = 16;

/**
 * y. Range: UNIT_POSITIONS positions at a time: n · groups · ⌈od · oh · ow / UNIT_POSITIONS⌉.
 * @cost 10 + filters * channels * kd * kh * kw / 3 @even
 * @flops 2 * UNIT_POSITIONS * filters * channels * kd * kh * kw
 * @bytes 4 * UNIT_POSITIONS * filters
 */
export function convOutput(r: ConvArgs, from: u32, to: u32): void {
  if (!fits(r)) plainOutput(r, from, to);
  else if (isDepthwise(r)) depthwiseOutput(r, from, to);
  else gatherOutput(r, from, to);
}

/**
 * x. Range: planes of x.
 * @cost 20 + od * oh * ow * filters * kd * kh * kw / 40 @even
 * @flops 2 * od * oh * ow * filters * kd * kh * kw
 * @bytes 4 * d * h * w
 */
export function convInput(r: ConvArgs, from: u32, to: u32): void {
  if (!fits(r)) plainInput(r, from, to);
  else if (isDepthwiseTurned(r)) depthwiseInput(r, from, to);
  else scatterInput(r, from, to);
}

/**
 * weight. Range: UNIT_FILTERS filters of a group at a time, part after part: parts · groups · ⌈filters / UNIT_FILTERS⌉.
 * @cost 100 + ceil(n / parts) * od * oh * ow * channels * kd * kh * kw * (filters < 16 ? filters + 8 : 24) / 80 @even
 * @flops 2 * UNIT_FILTERS * ceil(n / parts) * od * oh * ow * channels * kd * kh * kw
 * @bytes 4 * UNIT_FILTERS * channels * kd * kh * kw
 */
export function convWeight(r: ConvArgs, from: u32, to: u32): void {
  if (!fits(r)) plainWeight(r, from, to);
  else if (isDepthwise(r)) depthwiseWeight(r, from, to);
  else gatherWeight(r, from, to);
}
