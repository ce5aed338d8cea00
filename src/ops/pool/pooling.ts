import { ArgumentError, ShapeError } from "../../errors/errors.js";
import { listText, message, shapeText } from "../../errors/message.js";
import type { PoolArgs } from "../../kernels/generated.js";
import { isSymbolic, operandText } from "../../tensor/check.js";
import { type Shape, sizeOf } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { checkOperandDType, checkTensor } from "../operands.js";
import { type Extents, each, misfit, spanOf } from "../window.js";

/** How the windows of a pooling lie in the planes of a tensor. The arrays have a number for each spatial axis, one to three. */
export interface Pooling {
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly kernel: readonly number[];
  /** From window to window. */
  readonly stride: readonly number[];
  /** Places before the input that belong to windows, too. */
  readonly padding: readonly number[];
  /** From element to element of a window. */
  readonly dilation: readonly number[];
  /** Whether window o of an axis reaches from ⌊o · input / output⌋ to ⌈(o + 1) · input / output⌉. */
  readonly adaptive: boolean;
  /** What averages divide by; 0: the number of elements. */
  readonly divisor: number;
  /** Whether that number counts padding, too. */
  readonly padded: boolean;
}

/** Windows as a user tells them. */
export interface Told {
  readonly kernelSize: Extents;
  readonly stride: Extents | null;
  readonly padding: Extents;
  readonly ceilMode: boolean;
  readonly dilation?: Extents;
}

/** What the axes of a tensor are called. */
const AXES = ["", "l", "h, w", "d, h, w"];
const NAMES = ["", "[n, c, l] or [c, l]", "[n, c, h, w] or [c, h, w]", "[n, c, d, h, w] or [c, d, h, w]"];

/**
 * The operand of a pooling function.
 * @param layer the layer for symbolic tensors
 * @throws ArgumentError unless x is a tensor, DTypeError for whole numbers
 */
export function checkPooled(op: string, x: unknown, layer: string): asserts x is Tensor {
  if (isSymbolic(x)) throw new ArgumentError(message(op, `x is ${operandText(x)}`, `Write new ${layer}(…).forward(x).`));
  checkFloating(op, x);
}

/** @throws ArgumentError unless x is a tensor, DTypeError for whole numbers */
export function checkFloating(op: string, x: unknown): asserts x is Tensor {
  checkTensor(op, "x", x);
  checkOperandDType(op, "x", x, ["float32", "float64"]);
}

/**
 * The windows over the last `axes` axes of a shape.
 * @throws ShapeError for another rank and where no window fits, ArgumentError for padding of more than half a window
 */
export function windowsOver(op: string, shape: Shape, axes: number, told: Told): Pooling {
  const input = spatialExtents(op, shape, axes);
  const kernel = each(told.kernelSize, axes);
  const stride = each(told.stride ?? told.kernelSize, axes);
  const padding = each(told.padding, axes);
  const dilation = each(told.dilation ?? 1, axes);
  if (padding.some((pad, axis) => 2 * pad > kernel[axis])) {
    const problem = `padding ${listText(padding)} is more than half of kernelSize ${listText(kernel)}`;
    throw new ArgumentError(message(op, problem, "Pad x before, with x.pad(…), for more."));
  }
  const output = input.map((extent, axis) => outputs(extent, kernel[axis], stride[axis], padding[axis], dilation[axis], told.ceilMode));
  if (output.some((extent) => extent < 1)) {
    const slidings = kernel.map((size, axis) => {
      return { kernel: size, stride: stride[axis], dilation: dilation[axis], padding: 2 * padding[axis] };
    });
    throw misfit(op, input, slidings);
  }
  const pooling = { input, output, kernel, stride, padding, dilation, adaptive: false, divisor: 0, padded: false };
  for (let axis = 0; axis < axes; axis++) checkElements(op, pooling, axis);
  return pooling;
}

/** The windows that divide the last axes of a shape into `output` parts, which overlap where they do not fit. @throws ShapeError */
export function partsOf(op: string, shape: Shape, output: readonly (number | null)[]): Pooling {
  const input = spatialExtents(op, shape, output.length);
  const parts = output.map((extent, axis) => extent ?? input[axis]);
  const kernel = input.map((extent, axis) => Math.max(1, Math.floor(extent / parts[axis])));
  const [ones, zeros] = [input.map(() => 1), input.map(() => 0)];
  // Where they fit, they are windows like others.
  const adaptive = input.some((extent, axis) => extent % parts[axis] !== 0);
  const windows = { kernel, stride: kernel, padding: zeros, dilation: ones };
  return { input, output: parts, ...windows, adaptive, divisor: 0, padded: false };
}

/** The shape of a result. */
export function pooledShape(shape: Shape, { output }: Pooling): Shape {
  return [...shape.slice(0, -output.length), ...output];
}

/** The record of a pooling. The range of kernels that write y is `rowsOf(y)`. */
export function poolRecord(x: number, y: number, indices: number, pooling: Pooling, beta: 0 | 1 = 0): PoolArgs {
  const [d, h, w] = three(pooling.input, 1);
  const [od, oh, ow] = three(pooling.output, 1);
  const [kd, kh, kw] = three(pooling.kernel, 1);
  const [strideD, strideH, strideW] = three(pooling.stride, 1);
  const [padD, padH, padW] = three(pooling.padding, 0);
  const [dilationD, dilationH, dilationW] = three(pooling.dilation, 1);
  return {
    ...{ x, y, indices, d, h, w, od, oh, ow, kd, kh, kw, strideD, strideH, strideW, padD, padH, padW, dilationD, dilationH, dilationW },
    ...{ adaptive: Number(pooling.adaptive), divisor: pooling.divisor, padded: Number(pooling.padded), beta },
  };
}

/** The rows of a result, in all planes. */
export function rowsOf(shape: Shape): number {
  return sizeOf(shape.slice(0, -1));
}

/** The planes of a tensor. */
export function planesOf(shape: Shape, { output }: Pooling): number {
  return sizeOf(shape.slice(0, -output.length));
}

/** The extents of the last `axes` axes of a shape. @throws ShapeError for another rank, or an extent of 0 */
export function spatialExtents(op: string, shape: Shape, axes: number): readonly number[] {
  const input = shape.slice(-axes);
  if (shape.length !== axes + 1 && shape.length !== axes + 2) {
    throw new ShapeError(message(op, `x has shape ${shapeText(shape)}; expected ${NAMES[axes]}`));
  }
  if (input.some((extent) => extent < 1)) {
    throw new ShapeError(message(op, `x has shape ${shapeText(shape)}; expected ${AXES[axes]} ≥ 1`));
  }
  return input;
}

/** The number of windows along an axis. With `ceil` a last one may end behind the padding; it begins in the input or before it. */
function outputs(extent: number, kernel: number, stride: number, padding: number, dilation: number, ceil: boolean): number {
  const rest = extent + 2 * padding - spanOf(kernel, dilation);
  if (!ceil) return Math.floor(rest / stride) + 1;
  const count = Math.ceil(rest / stride) + 1;
  return (count - 1) * stride >= extent + padding ? count - 1 : count;
}

/** Windows of a large dilation may step over the input. @throws ShapeError */
function checkElements(op: string, { input, output, kernel, stride, padding, dilation }: Pooling, axis: number): void {
  if (dilation[axis] === 1) return;
  for (let o = 0; o < output[axis]; o++) {
    const begin = o * stride[axis] - padding[axis];
    const first = begin + Math.max(0, Math.ceil(-begin / dilation[axis])) * dilation[axis];
    if (first < input[axis] && first < begin + spanOf(kernel[axis], dilation[axis])) continue;
    const window = `elements ${dilation[axis]} apart from ${begin} on`;
    throw new ShapeError(message(op, `a window of ${kernel[axis]} ${window} has none in an axis of ${input[axis]}; expected one`));
  }
}

/** Numbers for three axes: those of missing axes, which come first, are `missing`. */
function three(numbers: readonly number[], missing: number): readonly number[] {
  return [missing, missing, ...numbers].slice(-3);
}
