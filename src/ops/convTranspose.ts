import { declare, type OptionsOf } from "../options/declare.js";
import { count } from "../options/kinds.js";
import { checkTensorArity } from "../tensor/check.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Fused } from "./activation.js";
import { type TransposedSweep, transposedGeometryOf } from "./convGeometry.js";
import { checkBias, checkOperands, product } from "./convOperands.js";
import { convolveInput } from "./convolution.js";
import { extents } from "./window.js";

function declaration<const Name extends string>(op: Name, axes: number) {
  return declare(op, {
    /** From window to window of the result, a whole number ≥ 1, or one for each axis: how much it grows. Default 1. */
    stride: extents(axes, 1, { default: 1, aka: ["strides"] }),
    /** What is taken off on each side of the result, a whole number ≥ 0, or one for each axis. Default 0. */
    padding: extents(axes, 0, { default: 0 }),
    /** What is added behind the result, a whole number ≥ 0 below the stride or the dilation, or one for each axis. Default 0. */
    outputPadding: extents(axes, 0, { default: 0 }),
    /** From element to element of a window, a whole number ≥ 1, or one for each axis. Default 1. */
    dilation: extents(axes, 1, { default: 1, aka: ["dilationRate"] }),
    /** Groups of channels, each with filters of its own. Default 1. */
    groups: count({ default: 1 }),
  });
}

const CONV_TRANSPOSE1D = declaration("convTranspose1d", 1);
const CONV_TRANSPOSE2D = declaration("convTranspose2d", 2);
const CONV_TRANSPOSE3D = declaration("convTranspose3d", 3);

/** Options of `convTranspose1d`, `convTranspose2d` and `convTranspose3d`. */
export interface ConvTransposeFunctionOptions extends OptionsOf<typeof CONV_TRANSPOSE2D> {}

/**
 * Transposed convolution over one axis, the gradient of a convolution by its input, as torch.nn.functional.conv_transpose1d; the layer is
 * `ConvTranspose1d`. x[n, f, o] · weight[f, c, k] is added to y[n, c, o · stride − padding + k · dilation]; y starts at the bias.
 * Shape:     x [n, in, l] or [in, l], weight [in, out / groups, k], bias [out] or null
 *            → [n, out, (l − 1) · stride − 2 · padding + dilation · (k − 1) + outputPadding + 1]
 * Gradient:  dx is a convolution of g, dweight one of g and x, dbias = Σ g
 * @param options.stride whole number ≥ 1, default 1
 * @param options.padding whole number ≥ 0, default 0
 * @param options.outputPadding whole number ≥ 0, below the stride or the dilation, default 0
 * @param options.dilation whole number ≥ 1, default 1
 * @param options.groups whole number ≥ 1, default 1
 * @throws ShapeError for other channels and a result of no extent, ArgumentError, DTypeError for integers
 * @example convTranspose1d(tensor([[[1, 2]]]), tensor([[[1, 1, 1]]]), null, { stride: 2 })   // [[[1, 1, 3, 2, 2]]]
 */
export function convTranspose1d(x: Tensor, weight: Tensor, bias: Tensor | null = null, options?: ConvTransposeFunctionOptions): Tensor {
  checkTensorArity("convTranspose1d", arguments.length, 4);
  return called(CONV_TRANSPOSE1D, "ConvTranspose1d", 1, x, weight, bias, options);
}

/**
 * Transposed convolution over two axes, the gradient of a convolution by its input, as torch.nn.functional.conv_transpose2d; the layer is
 * `ConvTranspose2d`. x[n, f, o] · weight[f, c, k] is added to y[n, c, o · stride − padding + k · dilation], o and k with two coordinates; y starts at the bias.
 * Shape:     x [n, in, h, w] or [in, h, w], weight [in, out / groups, kh, kw], bias [out] or null
 *            → [n, out, h′, w′], each extent as in `convTranspose1d`
 * Gradient:  dx is a convolution of g, dweight one of g and x, dbias = Σ g
 * @param options.stride whole number ≥ 1 or two, default 1
 * @param options.padding whole number ≥ 0 or two, default 0
 * @param options.outputPadding whole number ≥ 0 or two, below the stride or the dilation, default 0
 * @param options.dilation whole number ≥ 1 or two, default 1
 * @param options.groups whole number ≥ 1, default 1
 * @throws ShapeError for other channels and a result of no extent, ArgumentError, DTypeError for integers
 * @example convTranspose2d(randn([2, 16, 7, 7]), randn([16, 8, 3, 3]), null, { stride: 2, padding: 1, outputPadding: 1 }).shape   // [2, 8, 14, 14]
 */
export function convTranspose2d(x: Tensor, weight: Tensor, bias: Tensor | null = null, options?: ConvTransposeFunctionOptions): Tensor {
  checkTensorArity("convTranspose2d", arguments.length, 4);
  return called(CONV_TRANSPOSE2D, "ConvTranspose2d", 2, x, weight, bias, options);
}

/**
 * Transposed convolution over three axes, the gradient of a convolution by its input, as torch.nn.functional.conv_transpose3d; the layer is
 * `ConvTranspose3d`. x[n, f, o] · weight[f, c, k] is added to y[n, c, o · stride − padding + k · dilation], o and k with three coordinates; y starts at the bias.
 * Shape:     x [n, in, d, h, w] or [in, d, h, w], weight [in, out / groups, kd, kh, kw], bias [out] or null
 *            → [n, out, d′, h′, w′], each extent as in `convTranspose1d`
 * Gradient:  dx is a convolution of g, dweight one of g and x, dbias = Σ g
 * @param options.stride whole number ≥ 1 or three, default 1
 * @param options.padding whole number ≥ 0 or three, default 0
 * @param options.outputPadding whole number ≥ 0 or three, below the stride or the dilation, default 0
 * @param options.dilation whole number ≥ 1 or three, default 1
 * @param options.groups whole number ≥ 1, default 1
 * @throws ShapeError for other channels and a result of no extent, ArgumentError, DTypeError for integers
 * @example convTranspose3d(randn([1, 2, 3, 4, 4]), randn([2, 5, 2, 2, 2]), null, { stride: 2 }).shape   // [1, 5, 6, 8, 8]
 */
export function convTranspose3d(x: Tensor, weight: Tensor, bias: Tensor | null = null, options?: ConvTransposeFunctionOptions): Tensor {
  checkTensorArity("convTranspose3d", arguments.length, 4);
  return called(CONV_TRANSPOSE3D, "ConvTranspose3d", 3, x, weight, bias, options);
}

function called(
  declared: ReturnType<typeof declaration>,
  layer: string,
  axes: number,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  options: ConvTransposeFunctionOptions | undefined,
): Tensor {
  const { op } = declared;
  checkOperands(op, layer, { axes, channels: ["in", "out / groups"] }, x, weight, bias);
  const sweep = declared.readOptions(options);
  checkBias(op, bias, weight.shape[1] * sweep.groups);
  return convTranspose(op, x, weight, bias, sweep);
}

/**
 * The transposed convolution of layers and functions.
 * @param op the name in errors
 * @throws ShapeError, ArgumentError, DTypeError
 */
export function convTranspose(
  op: string,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  sweep: TransposedSweep,
  activation: Fused | null = null,
): Tensor {
  return product(op, x, weight, bias, convolveInput, (shape) => transposedGeometryOf(op, shape, weight.shape, sweep), activation);
}
