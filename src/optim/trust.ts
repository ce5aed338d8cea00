import { tensor } from "../tensor/creation.js";
import type { Tensor } from "../tensor/tensor.js";

/** a / b, and 1 where `counts` is 0: the factor by which a tensor's step is longer than others'. All are scalars. */
export function ratio(a: Tensor, b: Tensor, counts: Tensor): Tensor {
  return counts.gt(0).where(a.div(b), tensor(1, { dtype: a.dtype }));
}
