import { defineOp } from "../graph/define.js";
import * as kernels from "../kernels/generated.js";
import { allocateTemporary, releaseTemporary } from "../memory/heap.js";
import { BYTES } from "../memory/views.js";
import { checkNumber, checkTensor } from "../tensor/check.js";
import { normalizeAxis } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";

/** Elements in order, and where each stood. */
export interface Ordered {
  values: Tensor;
  /** int32 */
  indices: Tensor;
}

/**
 * Sorts along an axis, stably; NaN counts as the greatest.
 * Shape:     any → values and indices of the same
 * Gradient:  dx: g of each value back to where it stood
 * @param axis default the last
 * @param descending default false
 * @throws IndexError for an axis outside the shape
 * @example const { values, indices } = tensor([3, 1, 2]).sort()   // [1, 2, 3] and [1, 2, 0]
 */
export function sort(x: Tensor, axis = -1, descending = false): Ordered {
  return ordered("sort", x, axis, (rows) => sortOp(rows, { descending }));
}

/**
 * The k greatest (or least) elements along an axis, best first; of equals the first. NaN counts as the greatest.
 * Shape:     [..., n, ...] → values and indices [..., k, ...]
 * Gradient:  dx: g of each value back to where it stood, 0 elsewhere
 * @param k 1 … n
 * @param axis default the last
 * @param largest default true; false takes the least
 * @throws ArgumentError for k outside 1 … n, IndexError for an axis outside the shape
 * @example const { values, indices } = tensor([3, 1, 2]).topk(2)   // [3, 2] and [0, 2]
 */
export function topk(x: Tensor, k: number, axis = -1, largest = true): Ordered {
  checkTensor("topk", "x", x);
  const n = x.rank === 0 ? 1 : x.shape[normalizeAxis("topk", axis, x.shape)];
  checkNumber("topk", "k", k, `a whole number from 1 to ${n}`, (value) => Number.isInteger(value) && value >= 1 && value <= n);
  return ordered("topk", x, axis, (rows) => topkOp(rows, { k, largest }));
}

/** The kernels order rows: another axis is moved last and back. The values are gathered, which makes them differentiable. */
function ordered(op: string, x: Tensor, axis: number, order: (rows: Tensor) => Tensor): Ordered {
  checkTensor(op, "x", x);
  const vector = x.rank === 0 ? x.reshape([1]) : x;
  const at = normalizeAxis(op, axis, vector.shape);
  const rows = vector.transpose(at, -1);
  const indices = order(rows).transpose(at, -1);
  const values = vector.gather(at, indices);
  return { values: values.reshape(x.rank === 0 ? [] : values.shape), indices: indices.reshape(x.rank === 0 ? [] : indices.shape) };
}

/** Rows up to this length are sorted without scratch. */
const SHORT_ROW = 32;

const sortOp: (x: Tensor, attributes: { descending: boolean }) => Tensor = defineOp({
  name: "sort",
  inputs: ["x"],
  shape: ({ x }) => x.shape,
  dtype: "int32",
  forward: ({ x, out }, { descending }: { descending: boolean }) => {
    if (x.size === 0) return;
    const n = x.shape[x.rank - 1];
    // Scratch first: its 8 bytes an element keep the values behind it aligned.
    const scratchBytes = n > SHORT_ROW ? 8 * x.size : 0;
    const bytes = scratchBytes + x.size * BYTES[x.dtype];
    const scratch = allocateTemporary(bytes);
    const values = scratch + scratchBytes;
    kernels.sortRows({ x: x.at, values, indices: out.at, scratch, n, descending: descending ? 1 : 0 }, 0, x.size / n, x.dtype);
    releaseTemporary(scratch, bytes);
  },
});

const topkOp: (x: Tensor, attributes: { k: number; largest: boolean }) => Tensor = defineOp({
  name: "topk",
  inputs: ["x"],
  shape: ({ x }, { k }: { k: number; largest: boolean }) => [...x.shape.slice(0, -1), k],
  dtype: "int32",
  forward: ({ x, out }, { k, largest }) => {
    const n = x.shape[x.rank - 1];
    const valueBytes = out.size * BYTES[x.dtype];
    const values = allocateTemporary(valueBytes);
    if (out.size > 0) kernels.topk({ x: x.at, values, indices: out.at, n, k, largest: largest ? 1 : 0 }, 0, x.size / n, x.dtype);
    releaseTemporary(values, valueBytes);
  },
});
