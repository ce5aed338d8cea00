import { checkArray } from "../errors/check.js";
import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { defineOp } from "../graph/define.js";
import * as kernels from "../kernels/generated.js";
import { broadcastStrides } from "../tensor/broadcast.js";
import { checkTensorArity, describeCall } from "../tensor/check.js";
import { broadcastShapes, checkShape, normalizeAxis, type Shape, sameShape, sizeOf, stridesOf } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { sumTo } from "./broadcast.js";
import { reshape } from "./reshape.js";
import { runStrided } from "./strided.js";

/**
 * Reorders the axes: axis i of the result is axis `axes[i]` of x. Copies.
 * Shape:     [n₀, n₁, …] → [n_axes[0], n_axes[1], …]
 * Gradient:  dx = g in the inverse order
 * @param axes every axis once
 * @throws ShapeError unless `axes` names every axis once, IndexError for one outside the shape
 * @example zeros([8, 3, 32, 32]).permute([0, 2, 3, 1]).shape   // [8, 32, 32, 3]: NCHW → NHWC
 */
export function permute(x: Tensor, axes: readonly number[]): Tensor {
  if (!(x instanceof Tensor)) return describeCall("permute", "x", x, [x, axes]);
  checkArray("permute", "axes", axes, "permute([1, 0])");
  checkTensorArity("permute", arguments.length, 2);
  const order = axes.map((axis) => normalizeAxis("permute", axis, x.shape));
  if (order.length !== x.rank || new Set(order).size !== x.rank) {
    throw new ShapeError(message("permute", `axes [${axes.join(", ")}] do not name every axis of ${shapeText(x.shape)} once`));
  }
  return order.every((axis, i) => axis === i) ? x : permuteOp(x, { order });
}

const permuteOp: (x: Tensor, attributes: { order: number[] }) => Tensor = defineOp({
  name: "permute",
  inputs: ["x"],
  shape: ({ x }, { order }: { order: number[] }) => order.map((axis) => x.shape[axis]),
  forward: ({ x, out }, { order }) => {
    const strides = stridesOf(x.shape);
    runStrided(kernels.stridedCopy, {
      dtype: x.dtype,
      shape: out.shape,
      strides: order.map((axis) => strides[axis]),
      dense: out.at,
      strided: x.at,
    });
  },
  grad: {
    x: (g, _, { order }) =>
      permute(
        g,
        order.map((_, axis) => order.indexOf(axis)),
      ),
  },
});

/**
 * Swaps two axes. Copies; without axes, scalars and vectors are returned as they are.
 * Shape:     [..., m, ..., n, ...] → [..., n, ..., m, ...]
 * Gradient:  dx = g with the same axes swapped
 * @param axis1 default the last but one
 * @param axis2 default the last
 * @throws IndexError for an axis outside the shape
 * @example tensor([[1, 2], [3, 4]]).transpose()   // [[1, 3], [2, 4]]
 */
export function transpose(x: Tensor, axis1 = -2, axis2 = -1): Tensor {
  checkTensorArity("transpose", arguments.length, 3);
  if (!(x instanceof Tensor)) return describeCall("transpose", "x", x, [x, axis1, axis2]);
  if (x.rank < 2 && axis1 === -2 && axis2 === -1) return x;
  const order = x.shape.map((_, axis) => axis);
  const a = normalizeAxis("transpose", axis1, x.shape);
  const b = normalizeAxis("transpose", axis2, x.shape);
  [order[a], order[b]] = [b, a];
  return permute(x, order);
}

/**
 * Repeats axes of extent 1 (and new leading ones) to fill `shape`. Copies; operations that broadcast need no expand.
 * Shape:     any that broadcasts to `shape` → `shape`
 * Gradient:  dx = g summed over the repeated axes
 * @param shape extents; −1 keeps x's
 * @throws ShapeError if x does not broadcast to `shape`
 * @example tensor([1, 2]).expand([3, -1])   // [[1, 2], [1, 2], [1, 2]]
 */
export function expand(x: Tensor, shape: Shape): Tensor {
  if (!(x instanceof Tensor)) return describeCall("expand", "x", x, [x, shape]);
  checkArray("expand", "shape", shape, "expand([3, -1])");
  checkTensorArity("expand", arguments.length, 2);
  const lead = shape.length - x.rank;
  const target = checkShape(
    "expand",
    shape.map((extent, axis) => (extent === -1 && axis >= lead ? x.shape[axis - lead] : extent)),
  );
  if (sameShape(target, x.shape)) return x;
  if (lead < 0 || !sameShape(broadcastShapes("expand", x.shape, target), target)) {
    throw new ShapeError(
      message(
        "expand",
        `shape ${shapeText(x.shape)} does not broadcast to ${shapeText(target)}; only extents of 1 can be repeated`,
        "Use tile to repeat longer axes.",
      ),
    );
  }
  return expandOp(x, { shape: target });
}

const expandOp: (x: Tensor, attributes: { shape: Shape }) => Tensor = defineOp({
  name: "expand",
  inputs: ["x"],
  shape: (_, { shape }: { shape: Shape }) => shape,
  forward: ({ x, out }) =>
    runStrided(kernels.stridedCopy, {
      dtype: x.dtype,
      shape: out.shape,
      strides: broadcastStrides(x.shape, out.shape),
      dense: out.at,
      strided: x.at,
    }),
  grad: { x: (g, { x }) => sumTo(g, x.shape) },
});

/**
 * Repeats the whole tensor along each axis. Copies.
 * Shape:     [n₀, n₁, …] → [r₀·n₀, r₁·n₁, …]
 * Gradient:  dx = g summed over the repetitions
 * @param repeats one whole number ≥ 0 an axis; more numbers than axes add leading axes
 * @throws ShapeError for fewer numbers than axes, or others than whole numbers ≥ 0
 * @example tensor([1, 2]).tile([2, 2])   // [[1, 2, 1, 2], [1, 2, 1, 2]]
 */
export function tile(x: Tensor, repeats: readonly number[]): Tensor {
  if (!(x instanceof Tensor)) return describeCall("tile", "x", x, [x, repeats]);
  checkArray("tile", "repeats", repeats, "tile([2, 1])");
  checkTensorArity("tile", arguments.length, 2);
  if (repeats.length < x.rank || !repeats.every((repeat) => Number.isInteger(repeat) && repeat >= 0)) {
    const text = `repeats [${repeats.join(", ")}] for shape ${shapeText(x.shape)}; expected a whole number ≥ 0 for each of its ${x.rank} axes`;
    throw new ShapeError(message("tile", text));
  }
  const lead = repeats.length - x.rank;
  let result = reshape(x, [...new Array<number>(lead).fill(1), ...x.shape]);
  // One axis at a time: the copies are as many as the repeated axes, and the number of axes stays within bounds.
  repeats.forEach((repeat, axis) => {
    if (repeat === 1) return;
    const { shape } = result;
    const [before, after] = [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))];
    const repeated = expand(reshape(result, [before, 1, after]), [before, repeat, after]);
    result = reshape(repeated, [...shape.slice(0, axis), repeat * shape[axis], ...shape.slice(axis + 1)]);
  });
  return result;
}
