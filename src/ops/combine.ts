import * as kernels from "../kernels/generated.js";
import { checkTensorArity } from "../tensor/check.js";
import { Tensor } from "../tensor/tensor.js";
import { where } from "./compare.js";
import { type Binary, binary } from "./elementwise.js";
import { asFloating, describeOperands, floating, type Operand, promoted } from "./operands.js";

/** Functions of two numbers or three, element by element, beside those of arithmetic.ts. Integers become float32. */

/**
 * The length √(a² + b²), without overflow on the way; ∞ where a or b is infinite.
 * Shape:     a, b that broadcast → length
 * Gradient:  dA = g · a/length, dB = g · b/length; 0 where both are 0, as that of `norm` (PyTorch: NaN)
 * @param b tensor or number
 * @throws ShapeError, ArgumentError
 * @example hypot(tensor([3, -5]), tensor([4, 12]))   // [5, 13]
 */
export const hypot: Binary = binary(
  "hypot",
  kernels.hypot,
  ["a", "b", "out"],
  { a: (g, { a, out }) => g.mul(a.div(nonZero(out))), b: (g, { b, out }) => g.mul(b.div(nonZero(out))) },
  { operands: floating, numbers: asFloating },
);

function nonZero(x: Tensor): Tensor {
  return where(x.eq(0), 1, x);
}

/**
 * ln(eᵃ + eᵇ), the sum of probabilities that are told by their logarithms. Nothing overflows.
 * Shape:     a, b that broadcast → z
 * Gradient:  dA = g · σ(a − b), dB = g · σ(b − a); a half each where a = b, also for infinities (PyTorch: NaN)
 * @param b tensor or number
 * @throws ShapeError, ArgumentError
 * @example logAddExp(tensor([1000]), tensor([1000]))   // 1000.6931
 */
export const logAddExp: Binary = binary(
  "logAddExp",
  kernels.logAddExp,
  ["a", "b"],
  { a: (g, { a, b }) => g.mul(distance(a, b).sigmoid()), b: (g, { a, b }) => g.mul(distance(b, a).sigmoid()) },
  { operands: floating, numbers: asFloating },
);

/** a − b; 0 between equal infinities. */
function distance(a: Tensor, b: Tensor): Tensor {
  return where(a.eq(b), 0, a.sub(b));
}

/**
 * Linear interpolation from start to end: start + weight · (end − start), which is exactly start for the weight 0 and end for 1.
 * Shape:     start, end, weight that broadcast → z
 * Gradient:  dStart = g · (1 − weight), dEnd = g · weight, dWeight = g · (end − start)
 * @param start tensor or number
 * @param end tensor or number; one of both is a tensor
 * @param weight tensor or number, any
 * @throws ShapeError, ArgumentError
 * @example lerp(tensor([0, 10]), tensor([10, 20]), 0.25)   // [2.5, 12.5]
 */
export function lerp(start: Operand, end: Operand, weight: Operand): Tensor {
  checkTensorArity("lerp", arguments.length, 3);
  const operands = promoted("lerp", start, end, asFloating);
  if (operands === null) return describeOperands("lerp", start, end, [start, end, weight]);
  const [a, b] = operands.map(floating);
  const way = b.sub(a);
  // From the nearer end, so that both ends are exact.
  if (typeof weight === "number") return weight < 0.5 ? a.add(way.mul(weight)) : b.sub(way.mul(1 - weight));
  if (!(weight instanceof Tensor)) return describeOperands("lerp", a, weight, [start, end, weight]);
  return where(weight.lt(0.5), a.add(way.mul(weight)), b.sub(way.mul(weight.mul(-1).add(1))));
}
