import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { defineOp } from "../graph/define.js";
import { SHORT_ROW } from "../kernels/generated/constants.js";
import * as kernels from "../kernels/generated.js";
import { allocateTemporary, releaseTemporary } from "../memory/heap.js";
import { BYTES } from "../memory/views.js";
import type { Declaration, OptionsOf } from "../options/declare.js";
import { flag, isInRange } from "../options/kinds.js";
import { describeCall } from "../tensor/check.js";
import { normalizeAxis } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { AxesArguments, type WithAxis } from "./axes.js";

/** Elements in order, and where each stood. */
export interface Ordered {
  values: Tensor;
  /** int32 */
  indices: Tensor;
}

const SORT_OPTIONS = {
  /** The greatest first. Default false. */
  descending: flag({ default: false, aka: ["reverse"] }),
};

/** Options of `sort`. */
export interface SortOptions extends OptionsOf<Declaration<typeof SORT_OPTIONS>> {}

const SORT = new AxesArguments<number, typeof SORT_OPTIONS>("sort", "axis", SORT_OPTIONS);

/**
 * Sorts along an axis, stably; NaN counts as the greatest.
 * Shape:     any → values and indices of the same
 * Gradient:  dx: g of each value back to where it stood
 * @param axis default the last
 * @param options.descending default false
 * @throws IndexError for an axis outside the shape, ArgumentError for an option
 * @example const { values, indices } = tensor([3, 1, 2]).sort()   // [1, 2, 3] and [1, 2, 0]
 * @example tensor([3, 1, 2]).sort({ descending: true }).values   // [3, 2, 1]
 */
export function sort(x: Tensor, axis?: number | WithAxis<SortOptions>, options?: SortOptions): Ordered {
  const {
    axes = -1,
    options: { descending },
  } = SORT.read(arguments.length, axis, options);
  if (!(x instanceof Tensor)) return describeCall("sort", "x", x, [x, axis, options]);
  return ordered("sort", x, axes, (rows) => sortOp(rows, { descending }));
}

const TOPK_OPTIONS = {
  /** false takes the least. Default true. */
  largest: flag({ default: true }),
};

/** Options of `topk`. */
export interface TopkOptions extends OptionsOf<Declaration<typeof TOPK_OPTIONS>> {}

const TOPK = new AxesArguments<number, typeof TOPK_OPTIONS>("topk", "axis", TOPK_OPTIONS, 2);

/**
 * The k greatest (or least) elements along an axis, best first; of equals the first. NaN counts as the greatest.
 * Shape:     [..., n, ...] → values and indices [..., k, ...]
 * Gradient:  dx: g of each value back to where it stood, 0 elsewhere
 * @param k 1 … n
 * @param axis default the last
 * @param options.largest default true; false takes the least
 * @throws ArgumentError for k outside 1 … n and for an option, IndexError for an axis outside the shape
 * @example const { values, indices } = tensor([3, 1, 2]).topk(2)   // [3, 2] and [0, 2]
 * @example tensor([3, 1, 2]).topk(2, { largest: false }).values   // [1, 2]
 */
export function topk(x: Tensor, k: number, axis?: number | WithAxis<TopkOptions>, options?: TopkOptions): Ordered {
  const {
    axes = -1,
    options: { largest },
  } = TOPK.read(arguments.length, axis, options);
  if (!(x instanceof Tensor)) return describeCall("topk", "x", x, [x, k, axis, options]);
  const n = x.rank === 0 ? 1 : x.shape[normalizeAxis("topk", axes, x.shape)];
  if (!isInRange(k, { min: 1, max: n, whole: true })) {
    throw new ArgumentError(message("topk", `k is ${kindText(k)}; expected a whole number from 1 to ${n}`));
  }
  return ordered("topk", x, axes, (rows) => topkOp(rows, { k, largest }));
}

/** The kernels order rows: another axis is moved last and back. The values are gathered, which makes them differentiable. */
function ordered(op: string, x: Tensor, axis: number, order: (rows: Tensor) => Tensor): Ordered {
  const vector = x.rank === 0 ? x.reshape([1]) : x;
  const at = normalizeAxis(op, axis, vector.shape);
  const rows = vector.transpose(at, -1);
  const indices = order(rows).transpose(at, -1);
  const values = vector.gather(at, indices);
  return { values: values.reshape(x.rank === 0 ? [] : values.shape), indices: indices.reshape(x.rank === 0 ? [] : indices.shape) };
}

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
