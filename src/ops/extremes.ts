import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { defineOp, type Unary } from "../graph/define.js";
import * as kernels from "../kernels/generated.js";
import { describeCall } from "../tensor/check.js";
import { Tensor } from "../tensor/tensor.js";
import { type Axes, AxesArguments, type WithAxes, type WithAxis } from "./axes.js";
import { KEEP_DIMS, outputs, type ReductionOptions, record, reduced, toExtremes } from "./fold.js";

const MAX = new AxesArguments<Axes, typeof KEEP_DIMS>("max", "axes", KEEP_DIMS);
const MIN = new AxesArguments<Axes, typeof KEEP_DIMS>("min", "axes", KEEP_DIMS);
const ARGMAX = new AxesArguments<number, typeof KEEP_DIMS>("argmax", "axis", KEEP_DIMS);
const ARGMIN = new AxesArguments<number, typeof KEEP_DIMS>("argmin", "axis", KEEP_DIMS);

/**
 * The greatest element along axes; NaN if one is there.
 * Shape:     any → reduced axes gone (1 with keepDims)
 * Gradient:  dx = g at the greatest element, in equal parts where several are equal (torch.amax)
 * @param axes one axis or several, default all
 * @param options.keepDims keep reduced axes with extent 1, default false
 * @throws ShapeError for an extent of 0, IndexError for an axis outside the shape, ArgumentError for an option
 * @example tensor([[1, 5], [7, 2]]).max(1)   // [5, 7]
 */
export function max(x: Tensor, axes?: Axes | WithAxes<ReductionOptions>, options?: ReductionOptions): Tensor {
  if (!(x instanceof Tensor)) return describeCall("max", "x", x, [x, axes, options]);
  return reduced("max", x, MAX.read(arguments.length, axes, options), (view) => maxOp(nonEmpty("max", view, x)));
}

/**
 * The least element along axes; NaN if one is there.
 * Shape:     any → reduced axes gone (1 with keepDims)
 * Gradient:  dx = g at the least element, in equal parts where several are equal (torch.amin)
 * @param axes one axis or several, default all
 * @param options.keepDims keep reduced axes with extent 1, default false
 * @throws ShapeError for an extent of 0, IndexError for an axis outside the shape, ArgumentError for an option
 * @example tensor([[1, 5], [7, 2]]).min(1)   // [1, 2]
 */
export function min(x: Tensor, axes?: Axes | WithAxes<ReductionOptions>, options?: ReductionOptions): Tensor {
  if (!(x instanceof Tensor)) return describeCall("min", "x", x, [x, axes, options]);
  return reduced("min", x, MIN.read(arguments.length, axes, options), (view) => minOp(nonEmpty("min", view, x)));
}

/**
 * Position of the greatest element along an axis, int32; the first of equals, a NaN before all. No gradient.
 * Shape:     any → the axis gone (1 with keepDims)
 * @param axis default: the position in the flattened tensor
 * @param options.keepDims keep the axis with extent 1, default false
 * @throws ShapeError for an extent of 0, IndexError for an axis outside the shape, ArgumentError for an option
 * @example tensor([[1, 5], [7, 2]]).argmax(1)   // [1, 0]
 */
export function argmax(x: Tensor, axis?: number | WithAxis<ReductionOptions>, options?: ReductionOptions): Tensor {
  if (!(x instanceof Tensor)) return describeCall("argmax", "x", x, [x, axis, options]);
  return reduced("argmax", x, ARGMAX.read(arguments.length, axis, options), (view) => argmaxOp(nonEmpty("argmax", view, x)));
}

/**
 * Position of the least element along an axis, int32; the first of equals, a NaN before all. No gradient.
 * Shape:     any → the axis gone (1 with keepDims)
 * @param axis default: the position in the flattened tensor
 * @param options.keepDims keep the axis with extent 1, default false
 * @throws ShapeError for an extent of 0, IndexError for an axis outside the shape, ArgumentError for an option
 * @example tensor([[1, 5], [7, 2]]).argmin(1)   // [0, 1]
 */
export function argmin(x: Tensor, axis?: number | WithAxis<ReductionOptions>, options?: ReductionOptions): Tensor {
  if (!(x instanceof Tensor)) return describeCall("argmin", "x", x, [x, axis, options]);
  return reduced("argmin", x, ARGMIN.read(arguments.length, axis, options), (view) => argminOp(nonEmpty("argmin", view, x)));
}

function nonEmpty(op: string, view: Tensor, x: Tensor): Tensor {
  if (view.shape[1] > 0) return view;
  throw new ShapeError(
    message(op, `nothing to choose from: a reduced axis of shape ${shapeText(x.shape)} has extent 0; expected 1 or more`),
  );
}

function extreme(name: string, kernel: typeof kernels.max): Unary {
  return defineOp({
    name,
    inputs: ["x"],
    save: ["x", "out"],
    shape: outputs,
    forward: ({ x, out }) => kernel(record(x, out), 0, out.size, out.dtype),
    grad: { x: toExtremes },
  });
}

const maxOp: Unary = extreme("max", kernels.max);
const minOp: Unary = extreme("min", kernels.min);

function position(name: string, kernel: typeof kernels.argmax): Unary {
  return defineOp({
    name,
    inputs: ["x"],
    shape: outputs,
    dtype: "int32",
    forward: ({ x, out }) => kernel(record(x, out), 0, out.size, x.dtype),
  });
}

const argmaxOp: Unary = position("argmax", kernels.argmax);
const argminOp: Unary = position("argmin", kernels.argmin);
