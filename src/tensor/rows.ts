import { dataStorage, hostArray } from "./storage.js";
import { Tensor } from "./tensor.js";

/** Rows of fewer elements are copied faster by a loop over elements than by a call for each row. */
const SHORT = 24;

/** The rows of x, along its first axis, with the given indices, in that order. `op` is named as what made the tensor. */
export function rowsOf(op: string, x: Tensor, rows: ArrayLike<number>): Tensor {
  const width = widthOf(x);
  const source = x.view();
  const taken = hostArray(op, x.dtype, rows.length * width);
  for (let i = 0, to = 0; i < rows.length; i++) {
    const from = rows[i] * width;
    if (width < SHORT) for (let j = 0; j < width; j++) taken[to++] = source[from + j];
    else taken.set(source.subarray(from, from + width), i * width);
  }
  return new Tensor(dataStorage(x.dtype, taken, op), Object.freeze([rows.length, ...x.shape.slice(1)]));
}

/** Elements of a row. */
export function widthOf(x: Tensor): number {
  return x.shape[0] === 0 ? 0 : x.size / x.shape[0];
}
