import { defineOp } from "../graph/define.js";
import * as kernels from "../kernels/generated.js";
import { checkTensorArity } from "../tensor/check.js";
import { normalizeAxis, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { widened } from "./fold.js";

/**
 * Running sums along an axis: yᵢ = x₀ + … + xᵢ, accumulated in float64. Bools are counted in int32; integers give float64,
 * which does not wrap around and is exact up to 2⁵³ (PyTorch gives int64).
 * Shape:     any with at least one axis → same
 * Gradient:  dxᵢ = gᵢ + … + gₙ₋₁, the running sums of g from the end
 * @param axis the axis to run along; negative ones count from the end
 * @throws IndexError for an axis outside the shape
 * @example tensor([1, 2, 3]).cumsum(0)   // [1, 3, 6]
 */
export function cumsum(x: Tensor, axis: number): Tensor {
  checkTensorArity("cumsum", arguments.length, 2);
  const summed = widened("cumsum", x);
  return cumsumOp(summed, { axis: normalizeAxis("cumsum", axis, x.shape), reverse: false });
}

interface Scan {
  axis: number;
  /** From the end to the front. */
  reverse: boolean;
}

const cumsumOp: (x: Tensor, attributes: Scan) => Tensor = defineOp({
  name: "cumsum",
  inputs: ["x"],
  shape: ({ x }) => x.shape,
  forward: ({ x, out }, { axis, reverse }: Scan) => {
    if (x.size === 0) return;
    const extent = x.shape[axis];
    const inner = sizeOf(x.shape.slice(axis + 1));
    kernels.cumsum({ x: x.at, out: out.at, reduced: extent, inner, reverse: reverse ? 1 : 0 }, 0, x.size / extent, x.dtype);
  },
  grad: { x: (g, _, { axis, reverse }) => cumsumOp(g, { axis, reverse: !reverse }) },
});
