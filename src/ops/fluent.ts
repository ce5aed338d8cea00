import type { Tensor } from "../tensor/tensor.js";

/** A family of tensor-first functions as methods: `relu(x)` becomes `x.relu()`. */
export type Fluent<Family> = {
  [K in keyof Family]: Family[K] extends (x: Tensor, ...rest: infer Rest) => infer Result ? (...rest: Rest) => Result : never;
};
