import type { DType } from "../memory/views.js";
import { checkTensorArity, describeCall } from "../tensor/check.js";
import { checkDType } from "../tensor/dtype.js";
import { Tensor } from "../tensor/tensor.js";
import { castTo } from "./castTo.js";

/**
 * The same numbers as another element type. For integers fractions are cut towards 0; NaN and numbers outside the range are errors,
 * where PyTorch's result is undefined. bool is "not 0", NaN true.
 * Shape:     any → same
 * Gradient:  dx = g cast back; between floating types only
 * @param dtype "float32", "float64", "int32", "uint8" or "bool"; its own type gives x itself
 * @throws DTypeError for an unknown name, and for a number that the integer type does not hold
 * @example tensor([1.7, -1.7]).cast("int32")   // [1, -1]
 */
export function cast(x: Tensor, dtype: DType): Tensor {
  checkTensorArity("cast", arguments.length, 2);
  if (!(x instanceof Tensor)) return describeCall("cast", "x", x, [x, dtype]);
  return x.dtype === dtype ? x : castTo(x, { dtype: checkDType("cast", dtype), op: "cast" });
}
