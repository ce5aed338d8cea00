import { ArgumentError, IndexError, ShapeError } from "../../errors/errors.js";
import { listText, message, shapeText } from "../../errors/message.js";
import { defineOp } from "../../graph/define.js";
import * as kernels from "../../kernels/generated.js";
import { checked } from "../../kernels/recorder.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { checkValue } from "../../options/option.js";
import { checkTensorArity, elementText } from "../../tensor/check.js";
import { type Shape, sameShape, sizeOf } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { wholeNumbers } from "../indices.js";
import { checkTensor } from "../operands.js";
import { type Extents, each, extents } from "../window.js";
import { taken } from "./indices.js";
import { kernelSize } from "./max.js";
import { checkPooled, spatialExtents } from "./pooling.js";

/** Options of the inverse of max pooling over a number of axes. */
export function maxUnpoolOptions(axes: number) {
  return {
    /** From window to window, whole numbers ≥ 1. Default kernelSize. */
    stride: extents(axes, 1, { default: null, aka: ["strides"] }),
    /** The pooling's padding, whole numbers ≥ 0. Default 0. */
    padding: extents(axes, 0, { default: 0 }),
    /** The extents of the result, each less than a stride from (extent − 1) · stride − 2 · padding + kernelSize, which is the default. */
    outputSize: extents(axes, 1, { default: null }),
  };
}

const OPTIONS = [1, 2, 3].map((axes) => declare(`maxUnpool${axes}d`, maxUnpoolOptions(axes)));
const KERNEL_SIZE = [1, 2, 3].map(kernelSize);

/** Options of `maxUnpool1d`, `maxUnpool2d` and `maxUnpool3d`. */
export interface MaxUnpoolOptions extends OptionsOf<(typeof OPTIONS)[number]> {}

/**
 * The partial inverse of `maxPool1d` over one axis, as torch.nn.functional.max_unpool1d: x at the places that indices tell, 0 elsewhere.
 * Shape:     x and indices [n, c, l] or [c, l] → the same with extents (extent − 1) · stride − 2 · padding + kernelSize
 * Gradient:  dx: g at the indices
 * @param indices the places in a plane of the result, as `maxPool1d` returns them; of several equal ones the last counts
 * @param kernelSize elements of a window
 * @param options.stride default kernelSize
 * @param options.padding the pooling's padding, default 0
 * @param options.outputSize extents of the result where several fit, default the least that the pooling may have had
 * @throws ShapeError, ArgumentError for an option, IndexError for an index outside of the result, DTypeError for whole numbers in x
 * @example maxUnpool1d(tensor([[[3, 2]]]), tensor([[[1, 2]]], { dtype: "int32" }), 2)   // [[[0, 3, 2, 0]]]
 */
export function maxUnpool1d(x: Tensor, indices: Tensor, kernelSize: Extents, options?: MaxUnpoolOptions): Tensor {
  checkTensorArity("maxUnpool1d", arguments.length, 4);
  return maxUnpool(1, x, indices, kernelSize, options);
}

/**
 * The partial inverse of `maxPool2d` over two axes, as torch.nn.functional.max_unpool2d: x at the places that indices tell, 0 elsewhere.
 * Shape:     x and indices [n, c, h, w] or [c, h, w] → the same with extents (extent − 1) · stride − 2 · padding + kernelSize
 * Gradient:  dx: g at the indices
 * @param indices the places in a plane of the result, as `maxPool2d` returns them; of several equal ones the last counts
 * @param kernelSize extents of a window: one number, or [height, width]
 * @param options.stride default kernelSize
 * @param options.padding the pooling's padding, default 0
 * @param options.outputSize extents of the result where several fit, default the least that the pooling may have had
 * @throws ShapeError, ArgumentError for an option, IndexError for an index outside of the result, DTypeError for whole numbers in x
 * @example maxUnpool2d(tensor([[[[7]]]]), tensor([[[[3]]]], { dtype: "int32" }), 2)   // [[[[0, 0], [0, 7]]]]
 */
export function maxUnpool2d(x: Tensor, indices: Tensor, kernelSize: Extents, options?: MaxUnpoolOptions): Tensor {
  checkTensorArity("maxUnpool2d", arguments.length, 4);
  return maxUnpool(2, x, indices, kernelSize, options);
}

/**
 * The partial inverse of `maxPool3d` over three axes, as torch.nn.functional.max_unpool3d: x at the places that indices tell, 0 elsewhere.
 * Shape:     x and indices [n, c, d, h, w] or [c, d, h, w] → the same with extents (extent − 1) · stride − 2 · padding + kernelSize
 * Gradient:  dx: g at the indices
 * @param indices the places in a plane of the result, as `maxPool3d` returns them; of several equal ones the last counts
 * @param kernelSize extents of a window: one number, or [depth, height, width]
 * @param options.stride default kernelSize
 * @param options.padding the pooling's padding, default 0
 * @param options.outputSize extents of the result where several fit, default the least that the pooling may have had
 * @throws ShapeError, ArgumentError for an option, IndexError for an index outside of the result, DTypeError for whole numbers in x
 * @example maxUnpool3d(ones([1, 1, 2, 2, 2]), zeros([1, 1, 2, 2, 2]), 2).shape   // [1, 1, 4, 4, 4]
 */
export function maxUnpool3d(x: Tensor, indices: Tensor, kernelSize: Extents, options?: MaxUnpoolOptions): Tensor {
  checkTensorArity("maxUnpool3d", arguments.length, 4);
  return maxUnpool(3, x, indices, kernelSize, options);
}

function maxUnpool(axes: number, x: Tensor, indices: Tensor, kernelSize: Extents, options: MaxUnpoolOptions | undefined): Tensor {
  const op = `maxUnpool${axes}d`;
  checkPooled(op, x, `MaxUnpool${axes}d`);
  checkValue(op, "kernelSize", kernelSize, KERNEL_SIZE[axes - 1]);
  return unpooled(op, x, indices, unpooledExtents(op, x.shape, axes, { kernelSize, ...OPTIONS[axes - 1].readOptions(options) }));
}

/** What tells the extents of the result. */
interface Told {
  readonly kernelSize: Extents;
  readonly stride: Extents | null;
  readonly padding: Extents;
  readonly outputSize: Extents | null;
}

/** The extents of the result along the last axes. @throws ShapeError for another rank, ArgumentError for an outputSize that does not fit */
export function unpooledExtents(op: string, shape: Shape, axes: number, told: Told): readonly number[] {
  const stride = each(told.stride ?? told.kernelSize, axes);
  const [kernel, padding] = [each(told.kernelSize, axes), each(told.padding, axes)];
  const usual = spatialExtents(op, shape, axes).map((extent, axis) => (extent - 1) * stride[axis] - 2 * padding[axis] + kernel[axis]);
  if (told.outputSize === null) {
    if (usual.every((extent) => extent > 0)) return usual;
    throw new ShapeError(message(op, `the result of x ${shapeText(shape)} would have the extents ${listText(usual)}; expected ≥ 1`));
  }
  const output = each(told.outputSize, axes);
  if (output.every((extent, axis) => Math.abs(extent - usual[axis]) < stride[axis])) return output;
  const expected = `${listText(usual)}, each by less than the stride more or less`;
  throw new ArgumentError(message(op, `outputSize is ${listText(output)}; expected ${expected}`));
}

/** Zeros with the elements of x at the places that indices tell. @throws ShapeError, DTypeError, IndexError */
export function unpooled(op: string, x: Tensor, indices: Tensor, output: readonly number[]): Tensor {
  checkTensor(op, "indices", indices);
  if (!sameShape(indices.shape, x.shape)) {
    throw new ShapeError(message(op, `x ${shapeText(x.shape)} and indices ${shapeText(indices.shape)} differ; expected one shape`));
  }
  return unpoolOp(x, wholeNumbers(op, "indices", indices).cast("int32"), { op, output });
}

interface Attributes {
  readonly op: string;
  readonly output: readonly number[];
}

const unpoolOp: (x: Tensor, indices: Tensor, attributes: Attributes) => Tensor = defineOp({
  name: "maxUnpool",
  inputs: ["x", "indices"],
  save: ["indices"],
  shape: ({ x }, { output }: Attributes) => [...x.shape.slice(0, -output.length), ...output],
  forward: ({ x, indices, out }, { op, output }) => {
    const [n, size] = [sizeOf(x.shape.slice(-output.length)), sizeOf(output)];
    const planes = sizeOf(x.shape.slice(0, -output.length));
    kernels.maxUnpool({ x: x.at, indices: indices.at, out: out.at, n, size }, 0, planes, x.dtype);
    checked(({ detail }) => {
      throw new IndexError(message(op, `index ${elementText(indices, detail)} at position ${detail} is outside 0 … ${size - 1}`));
    });
  },
  grad: { x: (g, { indices }, { output }) => taken(g, indices, output.length) },
});
