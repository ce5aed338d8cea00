import { ShapeError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import { defineOp } from "../graph/define.js";
import { checkTensorArity, describeCall } from "../tensor/check.js";
import { checkShape, normalizeAxes, normalizeAxis, type Shape, sameShape, sizeOf } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";

/**
 * The same elements under another shape; nothing is copied.
 * Shape:     any → `shape`, of the same size
 * Gradient:  dx = g under x's shape
 * @param shape extents; one may be −1 and is inferred
 * @throws ShapeError if the sizes differ
 * @example arange(6).reshape([2, -1])   // [[0, 1, 2], [3, 4, 5]]
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (!(x instanceof Tensor)) return describeCall("reshape", "x", x, [x, shape]);
  const resolved = inferExtent(x, shape);
  checkTensorArity("reshape", arguments.length, 2);
  return sameShape(resolved, x.shape) ? x : reshapeOp(x, { shape: resolved });
}

const reshapeOp: (x: Tensor, attributes: { shape: Shape }) => Tensor = defineOp({
  name: "reshape",
  inputs: ["x"],
  alias: true,
  shape: (_, { shape }: { shape: Shape }) => shape,
  grad: { x: (g, { x }) => reshape(g, x.shape) },
});

/**
 * Joins the axes from `start` to `end` into one; nothing is copied.
 * Shape:     [..., a, b, c, ...] → [..., a·b·c, ...]; a scalar → [1]
 * Gradient:  dx = g under x's shape
 * @param start first axis, default 0
 * @param end last axis, included, default the last
 * @throws IndexError for an axis outside the shape, ShapeError if start lies behind end
 * @example zeros([10, 1, 28, 28]).flatten(1).shape   // [10, 784]
 */
export function flatten(x: Tensor, start = 0, end = -1): Tensor {
  checkTensorArity("flatten", arguments.length, 3);
  if (!(x instanceof Tensor)) return describeCall("flatten", "x", x, [x, start, end]);
  if (x.rank === 0) return reshape(x, [1]);
  const first = normalizeAxis("flatten", start, x.shape);
  const last = normalizeAxis("flatten", end, x.shape);
  if (first > last) throw new ShapeError(message("flatten", `start ${start} lies behind end ${end} in shape ${shapeText(x.shape)}`));
  return reshape(x, [...x.shape.slice(0, first), sizeOf(x.shape.slice(first, last + 1)), ...x.shape.slice(last + 1)]);
}

/**
 * Removes axes of extent 1; nothing is copied.
 * Shape:     any → without axes of extent 1
 * Gradient:  dx = g under x's shape
 * @param axes those to remove, default all; a named axis of another extent stays, as in PyTorch
 * @throws IndexError for an axis outside the shape
 * @example zeros([3, 1, 2]).squeeze(1).shape   // [3, 2]
 */
export function squeeze(x: Tensor, axes?: number | readonly number[]): Tensor {
  checkTensorArity("squeeze", arguments.length, 2);
  if (!(x instanceof Tensor)) return describeCall("squeeze", "x", x, [x, axes]);
  const named = normalizeAxes("squeeze", axes, x.shape);
  return reshape(
    x,
    x.shape.filter((extent, axis) => extent !== 1 || !named.includes(axis)),
  );
}

/**
 * Inserts an axis of extent 1; nothing is copied.
 * Shape:     [...] → [..., 1, ...]
 * Gradient:  dx = g under x's shape
 * @param axis its place in the result, −rank − 1 … rank
 * @throws IndexError for an axis outside the result
 * @example zeros([3, 2]).unsqueeze(1).shape   // [3, 1, 2]
 */
export function unsqueeze(x: Tensor, axis: number): Tensor {
  checkTensorArity("unsqueeze", arguments.length, 2);
  if (!(x instanceof Tensor)) return describeCall("unsqueeze", "x", x, [x, axis]);
  const at = normalizeAxis("unsqueeze", axis, x.shape, x.rank + 1);
  return reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
}

function inferExtent(x: Tensor, shape: Shape): Shape {
  if (!Array.isArray(shape))
    throw new ShapeError(
      message("reshape", `the shape is ${kindText(shape)}; expected an array of whole numbers`, "Write reshape([2, 3])."),
    );
  const unknown = shape.filter((extent) => extent === -1).length;
  const rest = sizeOf(shape.filter((extent) => extent !== -1));
  const resolved = unknown === 1 && rest > 0 ? shape.map((extent) => (extent === -1 ? x.size / rest : extent)) : shape;
  if (unknown > 1 || (unknown === 1 && (rest === 0 || x.size % rest !== 0)) || sizeOf(resolved) !== x.size) {
    throw new ShapeError(
      message(
        "reshape",
        `shape ${shapeText(x.shape)} holds ${x.size} elements, which do not fill ${shapeText(shape)}`,
        "One extent may be −1.",
      ),
    );
  }
  return checkShape("reshape", resolved);
}
