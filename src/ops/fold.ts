import type { ReduceArgs } from "../kernels/generated.js";
import type { Declaration, OptionsOf } from "../options/declare.js";
import { flag } from "../options/kinds.js";
import { checkTensor } from "../tensor/check.js";
import { isInteger } from "../tensor/dtype.js";
import { normalizeAxes, type Shape, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Axes, Told } from "./axes.js";

/** What the reductions have in common: the view [outer, reduced, inner] that their kernels walk. */

/** Whether a reduction keeps what it reduces as extents of 1. */
export const KEEP_DIMS = {
  /** Keep reduced axes with extent 1. Default false. */
  keepDims: flag({ default: false, aka: ["keepdim"] }),
};

/** Options of sum, mean, prod, logSumExp, max, min, argmax and argmin. */
export interface ReductionOptions extends OptionsOf<Declaration<typeof KEEP_DIMS>> {}

/**
 * Brings the axes to reduce into the middle of a view [outer, reduced, inner], reduces it, and shapes the result.
 * Neighbouring axes are such a view already; others are permuted to the end first.
 */
export function reduced(
  op: string,
  x: Tensor,
  { axes, options: { keepDims } }: Told<Axes, { readonly keepDims: boolean }>,
  reduce: (view: Tensor) => Tensor,
): Tensor {
  checkTensor(op, "x", x);
  const { shape } = x;
  const list = normalizeAxes(op, axes, shape);
  const result = shape.flatMap((extent, axis) => (list.includes(axis) ? (keepDims ? [1] : []) : [extent]));
  if (list.length === 0) return reduce(x.reshape([x.size, 1, 1])).reshape(result);
  const [first, last] = [list[0], list[list.length - 1]];
  if (last - first + 1 === list.length) {
    const view = [sizeOf(shape.slice(0, first)), sizeOf(shape.slice(first, last + 1)), sizeOf(shape.slice(last + 1))];
    return reduce(x.reshape(view)).reshape(result);
  }
  const rest = shape.map((_, axis) => axis).filter((axis) => !list.includes(axis));
  const extent = (axes: readonly number[]): number => sizeOf(axes.map((axis) => shape[axis]));
  return reduce(x.permute([...rest, ...list]).reshape([extent(rest), extent(list), 1])).reshape(result);
}

/**
 * The operand of a sum or a product, whose result must not wrap around: bools are counted in int32, integers become float64, which is
 * exact up to 2⁵³ (PyTorch takes int64).
 */
export function widened(op: string, x: Tensor): Tensor {
  checkTensor(op, "x", x);
  if (x.dtype === "bool") return x.cast("int32");
  return isInteger(x.dtype) ? x.cast("float64") : x;
}

/** Shape rule of a reduced view. */
export const outputs = ({ x }: { x: Tensor }): Shape => [x.shape[0], 1, x.shape[2]];

/** The record of a reduced view. */
export function record(x: Tensor, out: Tensor): ReduceArgs {
  return { x: x.at, out: out.at, reduced: x.shape[1], inner: x.shape[2] };
}

/** g in equal parts to the elements of the view that equal their extreme. */
export function toExtremes(g: Tensor, { x, out }: { x: Tensor; out: Tensor }): Tensor {
  const hits = x.eq(out).cast(g.dtype);
  return hits.mul(g.div(hits.sum(1, { keepDims: true })));
}
