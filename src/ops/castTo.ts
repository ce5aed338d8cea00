import { defineOp } from "../graph/define.js";
import * as kernels from "../kernels/generated.js";
import { checked } from "../kernels/recorder.js";
import { DTYPES, type DType } from "../memory/views.js";
import { elementText } from "../tensor/check.js";
import { isInteger } from "../tensor/dtype.js";
import { misfit } from "../tensor/elements.js";
import type { Tensor } from "../tensor/tensor.js";

interface Conversion {
  dtype: DType;
  /** The operation that an error names. */
  op: string;
}

/** The same numbers as another element type. @throws DTypeError for one that an integer type does not hold */
export const castTo: (x: Tensor, conversion: Conversion) => Tensor = defineOp({
  name: "cast",
  inputs: ["x"],
  shape: ({ x }) => x.shape,
  dtype: (_, { dtype }: Conversion) => dtype,
  forward: ({ x, out }, { dtype, op }) => {
    const computed = x.dtype === "float64" || dtype === "float64" ? "float64" : "float32";
    kernels.cast({ x: x.at, out: out.at, source: DTYPES.indexOf(x.dtype), target: DTYPES.indexOf(dtype) }, 0, x.size, computed);
    if (isInteger(dtype)) {
      checked(({ detail }) => {
        throw misfit(op, dtype, elementText(x, detail), ` at position ${detail}`);
      });
    }
  },
  grad: { x: (g, { x }, { op }) => castTo(g, { dtype: x.dtype, op }) },
});
