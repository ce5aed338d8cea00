import { defineOp } from "../graph/define.js";
import * as kernels from "../kernels/generated.js";
import { DTYPES, type DType } from "../memory/views.js";
import { checkTensor, checkTensorArity } from "../tensor/check.js";
import { checkDType } from "../tensor/dtype.js";
import type { Tensor } from "../tensor/tensor.js";

/**
 * The same numbers as another element type. For integers fractions are cut towards 0, numbers outside the range wrap around
 * and NaN and ±∞ become 0, as in typed arrays; bool is "not 0", NaN true.
 * Shape:     any → same
 * Gradient:  dx = g cast back; between floating types only
 * @param dtype "float32", "float64", "int32", "uint8" or "bool"; its own type gives x itself
 * @throws DTypeError for an unknown name
 * @example tensor([1.7, -1.7]).cast("int32")   // [1, -1]
 */
export function cast(x: Tensor, dtype: DType): Tensor {
  checkTensorArity("cast", arguments.length, 2);
  checkTensor("cast", "x", x);
  return x.dtype === dtype ? x : castTo(x, { dtype: checkDType("cast", dtype) });
}

const castTo: (x: Tensor, attributes: { dtype: DType }) => Tensor = defineOp({
  name: "cast",
  inputs: ["x"],
  shape: ({ x }) => x.shape,
  dtype: (_, { dtype }: { dtype: DType }) => dtype,
  forward: ({ x, out }, { dtype }) => {
    const computed = x.dtype === "float64" || dtype === "float64" ? "float64" : "float32";
    kernels.cast({ x: x.at, out: out.at, source: DTYPES.indexOf(x.dtype), target: DTYPES.indexOf(dtype) }, 0, x.size, computed);
  },
  grad: { x: (g, { x }) => cast(g, x.dtype) },
});
