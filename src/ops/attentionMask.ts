import { DTypeError, ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { isFloating } from "../tensor/dtype.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { where } from "./compare.js";

/**
 * What a mask adds to the products of queries and keys: a float mask itself, for a bool mask 0 and −∞.
 * @param name what the user calls it
 * @param scores what it must broadcast to: [..., length, keys]
 * @param allows whether true means that a query may attend to a key; otherwise, that it may not
 * @throws ShapeError naming both shapes, DTypeError for integers
 * @internal
 */
export function additive(op: string, name: string, mask: Tensor, scores: Shape, allows: boolean): Tensor {
  const { shape, dtype } = mask;
  const fits =
    shape.length <= scores.length && shape.every((extent, i) => extent === 1 || extent === scores[scores.length - shape.length + i]);
  if (!fits) throw new ShapeError(message(op, `${name} ${shapeText(shape)} does not broadcast to the scores ${shapeText(scores)}`));
  if (isFloating(dtype)) return mask;
  if (dtype === "bool") return allows ? where(mask, 0, -Infinity) : where(mask, -Infinity, 0);
  throw new DTypeError(message(op, `${name} has dtype ${dtype}; expected bool or float32`, 'Convert it with cast("bool").'));
}
