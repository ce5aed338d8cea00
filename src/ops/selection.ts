import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { number } from "../options/kinds.js";
import { checkValue } from "../options/option.js";
import { checkTensor, checkTensorArity, describeCall } from "../tensor/check.js";
import { tensor } from "../tensor/creation.js";
import { broadcastShapes, normalizeAxis } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { where } from "./compare.js";
import { wholeNumbers } from "./indices.js";
import type { Operand } from "./operands.js";

/** Elements chosen by masks, and repeated. */

/**
 * A copy of x with another value where the mask is true.
 * Shape:     x, mask that broadcast → y
 * Gradient:  dx = g where the mask is false, 0 elsewhere; that of a tensor value the rest, summed up
 * @param mask any element type; every number but 0 is true (PyTorch: bool only)
 * @param value a number, or a tensor that broadcasts (PyTorch: a scalar only)
 * @throws ShapeError, ArgumentError, DTypeError for a number outside x's integer type
 * @example maskedFill(tensor([1, 2, 3]), tensor([true, false, true]), 0)   // [0, 2, 0]
 */
export function maskedFill(x: Tensor, mask: Tensor, value: Operand): Tensor {
  checkTensorArity("maskedFill", arguments.length, 3);
  if (!(x instanceof Tensor)) return describeCall("maskedFill", "x", x, [x, mask, value]);
  if (!(mask instanceof Tensor)) return describeCall("maskedFill", "mask", mask, [x, mask, value]);
  return where(mask, value, x);
}

/**
 * The elements where the mask is true, in their order. How many there are depends on the data: it ends a captured step.
 * Shape:     x, mask that broadcast → [n]
 * Gradient:  dx: g of each element back to where it stood, 0 elsewhere
 * @param mask any element type; every number but 0 is true (PyTorch: bool only)
 * @throws ShapeError, ArgumentError
 * @example maskedSelect(tensor([1, 2, 3]), tensor([true, false, true]))   // [1, 3]
 */
export function maskedSelect(x: Tensor, mask: Tensor): Tensor {
  checkTensorArity("maskedSelect", arguments.length, 2);
  checkTensor("maskedSelect", "x", x);
  checkTensor("maskedSelect", "mask", mask);
  const shape = broadcastShapes("maskedSelect", x.shape, mask.shape);
  const flat = x.expand(shape).reshape([-1]);
  return flat.indexSelect(0, tensor(trueAt(mask.expand(shape))));
}

/**
 * The positions of the elements that are not 0, one a row, in the order of x; int32. How many there are depends on the data: it ends a
 * captured step. torch.nonzero's `as_tuple` has the columns apart.
 * Shape:     any → [n, rank]
 * @example nonzero(tensor([[1, 0], [0, 2]]))   // [[0, 0], [1, 1]]
 */
export function nonzero(x: Tensor): Tensor {
  checkTensorArity("nonzero", arguments.length, 1);
  checkTensor("nonzero", "x", x);
  const places = trueAt(x);
  const rows = new Int32Array(places.length * x.rank);
  places.forEach((place, i) => {
    let rest = place;
    for (let axis = x.rank - 1; axis >= 0; axis--) {
      rows[i * x.rank + axis] = rest % x.shape[axis];
      rest = Math.floor(rest / x.shape[axis]);
    }
  });
  return tensor(rows, { shape: [places.length, x.rank] });
}

/** The places of the elements that are not 0, in the flattened tensor. */
function trueAt(x: Tensor): Int32Array {
  const values = x.detach().data;
  const places: number[] = [];
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) places.push(i);
  return Int32Array.from(places);
}

const REPEATS = number({ required: true, min: 0, whole: true });

/**
 * Repeats each entry of an axis: [a, b] becomes [a, a, b, b]. (`tile` gives [a, b, a, b].)
 * Shape:     [..., n, ...] → [..., n · repeats, ...]
 * Gradient:  dx: g summed over the repetitions
 * @param repeats how often: a whole number ≥ 0; or a vector of n of them, which is read: that ends a captured step
 * @param axis default: x is flattened first
 * @throws ArgumentError for a negative number, IndexError for an axis outside the shape, ShapeError for a vector of another length
 * @example repeatInterleave(tensor([1, 2]), 2)   // [1, 1, 2, 2]
 * @example repeatInterleave(tensor([[1, 2], [3, 4]]), tensor([1, 2], { dtype: "int32" }), 0)   // [[1, 2], [3, 4], [3, 4]]
 */
export function repeatInterleave(x: Tensor, repeats: number | Tensor, axis?: number): Tensor {
  checkTensorArity("repeatInterleave", arguments.length, 3);
  if (!(x instanceof Tensor)) return describeCall("repeatInterleave", "x", x, [x, repeats, axis]);
  const rows = axis === undefined ? x.reshape([-1]) : x;
  const at = normalizeAxis("repeatInterleave", axis ?? 0, rows.shape);
  if (repeats instanceof Tensor) return rows.indexSelect(at, repeatedIndex(repeats, rows.shape[at]));
  checkValue("repeatInterleave", "repeats", repeats, REPEATS);
  const { shape } = rows;
  const repeated = rows.unsqueeze(at + 1).expand([...shape.slice(0, at + 1), repeats, ...shape.slice(at + 1)]);
  return repeated.reshape([...shape.slice(0, at), shape[at] * repeats, ...shape.slice(at + 1)]);
}

function repeatedIndex(repeats: Tensor, n: number): Tensor {
  const counts = wholeNumbers("repeatInterleave", "repeats", repeats.detach()).data;
  if (repeats.rank > 1 || (counts.length !== n && counts.length !== 1)) {
    throw new ShapeError(message("repeatInterleave", `repeats have shape ${shapeText(repeats.shape)}; expected [${n}], one an entry`));
  }
  const index: number[] = [];
  for (let i = 0; i < n; i++) {
    const often = counts[counts.length === 1 ? 0 : i];
    checkValue("repeatInterleave", `repeats[${i}]`, often, REPEATS);
    for (let k = 0; k < often; k++) index.push(i);
  }
  return tensor(Int32Array.from(index));
}
