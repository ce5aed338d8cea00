import { isFloating } from "../tensor/dtype.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";

/** A column beside a flat list, or labels in a column, are lined up as Keras does. */
export function alignTarget(prediction: Tensor, target: Tensor): Tensor {
  const { shape } = prediction;
  if (shape.length !== target.rank) {
    return prediction.size === target.size && isList(shape) && isList(target.shape) ? target.reshape(shape) : target;
  }
  const labelColumn = shape.length === 2 && shape[1] > 1 && target.shape[1] === 1 && !isFloating(target.dtype);
  return labelColumn ? target.squeeze(1) : target;
}

/** [n], or [n, 1, …]. */
export function isList(shape: Shape): boolean {
  for (let i = 1; i < shape.length; i++) if (shape[i] !== 1) return false;
  return shape.length > 0;
}
