import { declare, type OptionsOf, type SettingsOf } from "../options/declare.js";
import { count } from "../options/kinds.js";
import { checkTensorArity } from "../tensor/check.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Fused } from "./activation.js";
import { geometryOf, paddings, type Sweep } from "./convGeometry.js";
import { checkBias, checkOperands, product } from "./convOperands.js";
import { convolve } from "./convolution.js";
import { extents } from "./window.js";

function declaration<const Name extends string>(op: Name, axes: number) {
  return declare(op, {
    /** From window to window, a whole number ≥ 1, or one for each axis. Default 1. */
    stride: extents(axes, 1, { default: 1, aka: ["strides"] }),
    /** Zeros on each side, a whole number ≥ 0, or one for each axis; "same" keeps the extents, "valid" is 0. Default 0. */
    padding: paddings(axes, { default: 0 }),
    /** From element to element of a window, a whole number ≥ 1, or one for each axis. Default 1. */
    dilation: extents(axes, 1, { default: 1, aka: ["dilationRate"] }),
    /** Groups of channels, each with filters of its own; as many as channels: depthwise. Default 1. */
    groups: count({ default: 1 }),
  });
}

const CONV1D = declaration("conv1d", 1);
const CONV2D = declaration("conv2d", 2);
const CONV3D = declaration("conv3d", 3);

/** Options of `conv1d`, `conv2d` and `conv3d`. */
export interface ConvFunctionOptions extends OptionsOf<typeof CONV2D> {}

/**
 * Convolution over one axis, as torch.nn.functional.conv1d; the layer is `Conv1d`.
 * y[n, f, o] = bias[f] + Σ x[n, c, o · stride − padding + k · dilation] · weight[f, c, k] over c and k
 * Shape:     x [n, in, l] or [in, l], weight [out, in / groups, k], bias [out] or null → [n, out, ⌊(l + 2 · padding − dilation · (k − 1) − 1) / stride⌋ + 1]
 * Gradient:  dx is a transposed convolution of g, dweight a convolution of x and g, dbias = Σ g
 * @param options.stride whole number ≥ 1, default 1
 * @param options.padding whole number ≥ 0, "same" or "valid", default 0
 * @param options.dilation whole number ≥ 1, default 1
 * @param options.groups whole number ≥ 1, default 1
 * @throws ShapeError for other channels and a kernel that does not fit, ArgumentError, DTypeError for integers
 * @example conv1d(tensor([[[1, 2, 3, 4]]]), tensor([[[1, 1]]]))   // [[[3, 5, 7]]]
 */
export function conv1d(x: Tensor, weight: Tensor, bias: Tensor | null = null, options?: ConvFunctionOptions): Tensor {
  checkTensorArity("conv1d", arguments.length, 4);
  return called(CONV1D, "Conv1d", 1, x, weight, bias, options);
}

/**
 * Convolution over two axes, as torch.nn.functional.conv2d; the layer is `Conv2d`.
 * y[n, f, o] = bias[f] + Σ x[n, c, o · stride − padding + k · dilation] · weight[f, c, k] over c and k, where o and k have two coordinates
 * Shape:     x [n, in, h, w] or [in, h, w], weight [out, in / groups, kh, kw], bias [out] or null → [n, out, h′, w′], each extent as in `conv1d`
 * Gradient:  as of `conv1d`
 * @param options.stride whole number ≥ 1 or two, default 1
 * @param options.padding whole number ≥ 0 or two, "same" or "valid", default 0
 * @param options.dilation whole number ≥ 1 or two, default 1
 * @param options.groups whole number ≥ 1, default 1
 * @throws ShapeError for other channels and a kernel that does not fit, ArgumentError, DTypeError for integers
 * @example conv2d(images, randn([16, 3, 3, 3]), null, { stride: 2, padding: 1 }).shape   // [2, 16, 14, 14]
 */
export function conv2d(x: Tensor, weight: Tensor, bias: Tensor | null = null, options?: ConvFunctionOptions): Tensor {
  checkTensorArity("conv2d", arguments.length, 4);
  return called(CONV2D, "Conv2d", 2, x, weight, bias, options);
}

/**
 * Convolution over three axes, as torch.nn.functional.conv3d; the layer is `Conv3d`.
 * y[n, f, o] = bias[f] + Σ x[n, c, o · stride − padding + k · dilation] · weight[f, c, k] over c and k, where o and k have three coordinates
 * Shape:     x [n, in, d, h, w] or [in, d, h, w], weight [out, in / groups, kd, kh, kw], bias [out] or null → [n, out, d′, h′, w′], each extent as in `conv1d`
 * Gradient:  as of `conv1d`
 * @param options.stride whole number ≥ 1 or three, default 1
 * @param options.padding whole number ≥ 0 or three, "same" or "valid", default 0
 * @param options.dilation whole number ≥ 1 or three, default 1
 * @param options.groups whole number ≥ 1, default 1
 * @throws ShapeError for other channels and a kernel that does not fit, ArgumentError, DTypeError for integers
 * @example conv3d(randn([1, 2, 4, 6, 6]), randn([5, 2, 3, 3, 3]), null, { padding: "same" }).shape   // [1, 5, 4, 6, 6]
 */
export function conv3d(x: Tensor, weight: Tensor, bias: Tensor | null = null, options?: ConvFunctionOptions): Tensor {
  checkTensorArity("conv3d", arguments.length, 4);
  return called(CONV3D, "Conv3d", 3, x, weight, bias, options);
}

function called(
  declared: ReturnType<typeof declaration>,
  layer: string,
  axes: number,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  options: ConvFunctionOptions | undefined,
): Tensor {
  const { op } = declared;
  checkOperands(op, layer, { axes, channels: ["out", "in / groups"] }, x, weight, bias);
  const sweep: SettingsOf<typeof CONV2D> = declared.readOptions(options);
  checkBias(op, bias, weight.shape[0]);
  return conv(op, x, weight, bias, sweep);
}

/**
 * The convolution of layers and functions.
 * @param op the name in errors
 * @throws ShapeError, ArgumentError, DTypeError
 */
export function conv(op: string, x: Tensor, weight: Tensor, bias: Tensor | null, sweep: Sweep, activation: Fused | null = null): Tensor {
  return product(op, x, weight, bias, convolve, (shape) => geometryOf(op, shape, weight.shape, sweep), activation);
}
