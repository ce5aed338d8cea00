import * as kernels from "../kernels/generated.js";
import type { Tensor } from "../tensor/tensor.js";
import { zerosLike } from "./creation.js";
import { type Binary, binary } from "./elementwise.js";

/** Division with whole quotients. Integers keep their type; bools count as int32. */

const WHOLE = { operands: (x: Tensor) => (x.dtype === "bool" ? x.cast("int32") : x) };

/**
 * The quotient rounded down, ⌊a / b⌋: Python's a // b. It is that of the exact quotient, which float32 may not hold: 1 // 0.1 is 9, since
 * float32 has 0.1 as a little more.
 * Shape:     a, b that broadcast → z
 * Gradient:  0
 * @param b tensor or number; 0 gives ±∞ or NaN
 * @throws ShapeError, ArgumentError, DTypeError for an integer over 0
 * @example floorDivide(tensor([7, -7]), 2)   // [3, -4]
 */
export const floorDivide: Binary = binary(
  "floorDivide",
  kernels.floorDivide,
  [],
  { a: (g) => zerosLike(g), b: (g) => zerosLike(g) },
  WHOLE,
);

/**
 * What is left of a whole division, a − b · ⌊a / b⌋: Python's a % b, with the sign of b, where JavaScript's % has that of a.
 * Shape:     a, b that broadcast → z
 * Gradient:  dA = g, dB = −g · ⌊a / b⌋
 * @param b tensor or number; 0 gives NaN
 * @throws ShapeError, ArgumentError, DTypeError for an integer over 0
 * @example remainder(tensor([7, -7]), 3)   // [1, 2]
 */
export const remainder: Binary = binary(
  "remainder",
  kernels.remainder,
  ["a", "b"],
  { a: (g) => g, b: (g, { a, b }) => g.mul(floorDivide(a, b)).neg() },
  WHOLE,
);
