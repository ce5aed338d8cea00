import type { NumberArray } from "../memory/views.js";
import type { Tensor } from "./tensor.js";

/**
 * What a state may consist of that is saved and loaded: plain values, tensors and typed arrays, in lists, plain objects and Maps. Numbers may
 * be NaN or infinite; BigInts, functions and objects of classes are no state.
 */
export type SavedState =
  | null
  | boolean
  | number
  | string
  | Tensor
  | NumberArray
  | readonly SavedState[]
  | ReadonlyMap<string, SavedState>
  | { readonly [name: string]: SavedState | undefined };
