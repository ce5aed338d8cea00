import { defineOp } from "../../graph/define.js";
import { isGradEnabled } from "../../graph/mode.js";
import * as kernels from "../../kernels/generated.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { flag } from "../../options/kinds.js";
import { checkValue } from "../../options/option.js";
import { checkTensorArity } from "../../tensor/check.js";
import { sizeOf } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Extents, extents } from "../window.js";
import { type Pooled, placed, RETURN_INDICES, taken, type WithIndices } from "./indices.js";
import { checkPooled, type Pooling, planesOf, pooledShape, poolRecord, rowsOf, windowsOver } from "./pooling.js";

/** Options of max pooling over a number of axes. */
export function maxPoolOptions(axes: number) {
  return {
    /** From window to window, whole numbers ≥ 1. Default kernelSize. */
    stride: extents(axes, 1, { default: null, aka: ["strides"] }),
    /** Places on both sides that never win, whole numbers ≥ 0, at most half of kernelSize. Default 0. */
    padding: extents(axes, 0, { default: 0 }),
    /** From element to element of a window, whole numbers ≥ 1. Default 1. */
    dilation: extents(axes, 1, { default: 1 }),
    /** Whether a last window may reach beyond the padding. Default false. */
    ceilMode: flag({ default: false }),
    ...RETURN_INDICES,
  };
}

/** The extents of a pooling window. */
export function kernelSize(axes: number) {
  return extents(axes, 1, { required: true, aka: ["poolSize"] });
}

const OPTIONS = [1, 2, 3].map((axes) => declare(`maxPool${axes}d`, maxPoolOptions(axes)));
const KERNEL_SIZE = [1, 2, 3].map(kernelSize);

/** Options of `maxPool1d`, `maxPool2d` and `maxPool3d`. */
export interface MaxPoolOptions extends OptionsOf<(typeof OPTIONS)[number]> {}

/**
 * The greatest element of every window y = max x over one axis, as torch.nn.functional.max_pool1d; a NaN wins.
 * Shape:     [n, c, l] or [c, l] → [n, c, windows]
 * Gradient:  dx: g at the first greatest element of each window
 * @param kernelSize elements of a window
 * @param options.stride default kernelSize
 * @param options.padding places on both sides that never win, default 0
 * @param options.dilation from element to element, default 1
 * @param options.ceilMode whether a last window may reach beyond the padding, default false
 * @param options.returnIndices whether the result is { output, indices }, default false
 * @throws ShapeError where no window fits, ArgumentError for an option, DTypeError for whole numbers
 * @example maxPool1d(tensor([[[1, 3, 2, 0]]]), 2)   // [[[3, 2]]]
 */
export function maxPool1d<R extends boolean = false>(
  x: Tensor,
  kernelSize: Extents,
  options?: MaxPoolOptions & { returnIndices?: R },
): Pooled<R> {
  checkTensorArity("maxPool1d", arguments.length, 3);
  return maxPool(1, x, kernelSize, options);
}

/**
 * The greatest element of every window y = max x over two axes, as torch.nn.functional.max_pool2d; a NaN wins.
 * Shape:     [n, c, h, w] or [c, h, w] → [n, c, windows, windows]
 * Gradient:  dx: g at the first greatest element of each window
 * @param kernelSize extents of a window: one number, or [height, width]
 * @param options.stride default kernelSize
 * @param options.padding places on each side that never win, default 0
 * @param options.dilation from element to element, default 1
 * @param options.ceilMode whether a last window may reach beyond the padding, default false
 * @param options.returnIndices whether the result is { output, indices }, default false
 * @throws ShapeError where no window fits, ArgumentError for an option, DTypeError for whole numbers
 * @example maxPool2d(arange(16, { dtype: "float32" }).reshape([1, 1, 4, 4]), 2)   // [[[[5, 7], [13, 15]]]]
 */
export function maxPool2d<R extends boolean = false>(
  x: Tensor,
  kernelSize: Extents,
  options?: MaxPoolOptions & { returnIndices?: R },
): Pooled<R> {
  checkTensorArity("maxPool2d", arguments.length, 3);
  return maxPool(2, x, kernelSize, options);
}

/**
 * The greatest element of every window y = max x over three axes, as torch.nn.functional.max_pool3d; a NaN wins.
 * Shape:     [n, c, d, h, w] or [c, d, h, w] → [n, c, windows, windows, windows]
 * Gradient:  dx: g at the first greatest element of each window
 * @param kernelSize extents of a window: one number, or [depth, height, width]
 * @param options.stride default kernelSize
 * @param options.padding places on each side that never win, default 0
 * @param options.dilation from element to element, default 1
 * @param options.ceilMode whether a last window may reach beyond the padding, default false
 * @param options.returnIndices whether the result is { output, indices }, default false
 * @throws ShapeError where no window fits, ArgumentError for an option, DTypeError for whole numbers
 * @example maxPool3d(ones([1, 2, 4, 4, 4]), 2).shape   // [1, 2, 2, 2, 2]
 */
export function maxPool3d<R extends boolean = false>(
  x: Tensor,
  kernelSize: Extents,
  options?: MaxPoolOptions & { returnIndices?: R },
): Pooled<R> {
  checkTensorArity("maxPool3d", arguments.length, 3);
  return maxPool(3, x, kernelSize, options);
}

function maxPool<R extends boolean>(axes: number, x: Tensor, kernelSize: Extents, options: MaxPoolOptions | undefined): Pooled<R> {
  const op = `maxPool${axes}d`;
  checkPooled(op, x, `MaxPool${axes}d`);
  checkValue(op, "kernelSize", kernelSize, KERNEL_SIZE[axes - 1]);
  const { returnIndices, ...told } = OPTIONS[axes - 1].readOptions(options);
  return greatest(x, windowsOver(op, x.shape, axes, { kernelSize, ...told }), returnIndices) as Pooled<R>;
}

/** The greatest elements of the windows. */
export function greatest(x: Tensor, pooling: Pooling, returnIndices: boolean): Tensor | WithIndices {
  if (!returnIndices) return maxOp(x, { pooling, keepsIndices: isGradEnabled() && x.requiresGrad });
  const indices = greatestAt(x, pooling);
  return { output: taken(x, indices, pooling.input.length), indices };
}

/** Where the greatest elements of the windows stand in their planes, int32. */
const greatestAt: (x: Tensor, pooling: Pooling) => Tensor = defineOp({
  name: "maxPoolIndices",
  inputs: ["x"],
  shape: ({ x }, pooling: Pooling) => pooledShape(x.shape, pooling),
  dtype: "int32",
  forward: ({ x, out }, pooling) => kernels.maxPool(poolRecord(x.at, 0, out.at, pooling), 0, rowsOf(out.shape), x.dtype),
});

interface Attributes {
  readonly pooling: Pooling;
  /** Whether indices are kept for a gradient. */
  readonly keepsIndices: boolean;
}

const maxOp: (x: Tensor, attributes: Attributes) => Tensor = defineOp({
  name: "maxPool",
  inputs: ["x"],
  save: ["x"],
  shape: ({ x }, { pooling }: Attributes) => pooledShape(x.shape, pooling),
  // Indices of 4 bytes, whatever the element type.
  workspace: ({ x }, { pooling, keepsIndices }) => (keepsIndices ? sizeOf(pooledShape(x.shape, pooling)) : 0),
  forward: ({ x, out, workspace }, { pooling, keepsIndices }) =>
    kernels.maxPool(poolRecord(x.at, out.at, keepsIndices ? workspace.at : 0, pooling), 0, rowsOf(out.shape), x.dtype),
  grad: { x: (g, { x }, { pooling }) => placed(g, greatestAt(x, pooling), x.shape, pooling.input.length) },
  backward: (pass, { x, workspace }, { pooling }) => {
    if (!pass.wanted("x")) return;
    const { at, beta } = pass.into("x");
    kernels.maxPoolGrad(poolRecord(at, pass.g.at, workspace.at, pooling, beta), 0, planesOf(x.shape, pooling), x.dtype);
  },
});
