import * as kernels from "../kernels/generated.js";
import type { Tensor } from "../tensor/tensor.js";
import { defineOp } from "./define.js";

/**
 * The sum of two gradients of a tensor that is used twice: y = a + b, both of one shape; without b a copy of a. It is an operation,
 * so that recorded gradients can be differentiated through the sum.
 */
export const addGradients: (a: Tensor, b: Tensor | null) => Tensor = defineOp({
  name: "addGradients",
  inputs: ["a", "b?"],
  shape: ({ a }) => a.shape,
  forward: ({ a, b, out }) => {
    kernels.copy({ x: a.at, out: out.at }, 0, out.size, out.dtype);
    if (b !== null) kernels.accumulate({ x: b.at, out: out.at }, 0, out.size, out.dtype);
  },
  grad: { a: (g) => g, b: (g) => g },
});
