import type { Tensor } from "../tensor/tensor.js";

/** What a normalisation takes in one floating type: float64 if x or the weight is, else float32. */
export function normalizable(x: Tensor, weight: Tensor | null, bias: Tensor | null): [Tensor, Tensor | null, Tensor | null] {
  const dtype = x.dtype === "float64" || weight?.dtype === "float64" ? "float64" : "float32";
  return [x.cast(dtype), weight?.cast(dtype) ?? null, bias?.cast(dtype) ?? null];
}
