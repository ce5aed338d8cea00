import { views } from "./memory.js";

/** Element types. `float64` is computed by the kernels in plain JavaScript only. `bool` is stored as one byte, 0 or 1. */
export type DType = "float32" | "float64" | "int32" | "uint8" | "bool";

/** Element types in the order of their numbers in records of kernels: see assembly/cast.ts. */
export const DTYPES: readonly DType[] = ["float32", "float64", "int32", "uint8", "bool"];

/** Any array that a tensor's elements can live in. */
export type NumberArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/** Arrays of the differentiable element types. */
export type FloatArray = Float32Array | Float64Array;

/** Bytes of an element. */
export const BYTES: Readonly<Record<DType, number>> = { float32: 4, float64: 8, int32: 4, uint8: 1, bool: 1 };

const CONSTRUCTORS = { float32: Float32Array, float64: Float64Array, int32: Int32Array, uint8: Uint8Array, bool: Uint8Array };

/** A new array of zeros in JS memory. */
export function allocateArray(dtype: DType, length: number): NumberArray {
  return new CONSTRUCTORS[dtype](length);
}

/** The view of the whole linear memory for an element type; element i of a block at byte p is `view[p / BYTES + i]`. */
export function viewOf(dtype: DType): NumberArray {
  switch (dtype) {
    case "float32":
      return views.f32;
    case "float64":
      return views.f64;
    case "int32":
      return views.i32;
    default:
      return views.u8;
  }
}

/** The elements of the block at byte `at`, as a view, which is valid until memory grows. */
export function blockView(dtype: DType, at: number, length: number): NumberArray {
  const begin = at / BYTES[dtype];
  return viewOf(dtype).subarray(begin, begin + length);
}

/** The elements at byte `at` of a buffer in JS memory, as a view. */
export function viewOver(dtype: DType, buffer: ArrayBuffer, at: number, length: number): NumberArray {
  return new CONSTRUCTORS[dtype](buffer, at, length);
}

/** The most elements that a loop copies faster than a view with `set`. */
const FEW = 32;

/** The elements of the block at byte `at`, copied to JS memory. */
export function copyBlock(dtype: DType, at: number, length: number): NumberArray {
  const copy = allocateArray(dtype, length);
  if (length > FEW) {
    copy.set(blockView(dtype, at, length));
    return copy;
  }
  const all = viewOf(dtype);
  const begin = at / BYTES[dtype];
  for (let i = 0; i < length; i++) copy[i] = all[begin + i];
  return copy;
}
