import { defineOp } from "../graph/define.js";
import type { DType } from "../memory/views.js";
import { checkTensor } from "../tensor/check.js";
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
  checkTensor("cast", "x", x);
  return x.dtype === dtype ? x : castTo(x, { dtype: checkDType("cast", dtype) });
}

const castTo: (x: Tensor, attributes: { dtype: DType }) => Tensor = defineOp({
  name: "cast",
  inputs: ["x"],
  shape: ({ x }) => x.shape,
  dtype: (_, { dtype }: { dtype: DType }) => dtype,
  forward: ({ x, out }, { dtype }) => {
    const source = x.view();
    const target = out.view();
    if (dtype === "bool") for (let i = 0; i < source.length; i++) target[i] = source[i] !== 0 ? 1 : 0;
    else target.set(source);
  },
  grad: { x: (g, { x }) => cast(g, x.dtype) },
});
