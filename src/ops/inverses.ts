import type { Unary } from "../graph/define.js";
import * as kernels from "../kernels/generated.js";
import type { Tensor } from "../tensor/tensor.js";
import { hypot } from "./combine.js";
import { where } from "./compare.js";
import { type Binary, binary, elementwise } from "./elementwise.js";
import { asFloating, floating } from "./operands.js";

/**
 * Inverse trigonometric and hyperbolic functions, angles in radians. Shape: any → same. Integers become float32; NaN stays NaN. Errors are
 * those of the kernels, assembly/elementwise. Gradients are written so that no square overflows.
 */

/** y = atan x, −π/2 … π/2. Gradient: dx = g / (1 + x²). @example atan(tensor([0, 1]))   // [0, 0.7854] */
export const atan: Unary = elementwise("atan", kernels.atan, ["x"], (g, { x }) => g.div(x.square().add(1)));

/** y = asin x, NaN beyond ±1. Gradient: dx = g / √(1 − x²), ∞ at ±1. @example asin(tensor([0, 1]))   // [0, 1.5708] */
export const asin: Unary = elementwise("asin", kernels.asin, ["x"], (g, { x }) => g.div(x.mul(-1).add(1).mul(x.add(1)).sqrt()));

/** y = acos x, 0 … π, NaN beyond ±1. Gradient: dx = −g / √(1 − x²), −∞ at ±1. @example acos(tensor([0, 1]))   // [1.5708, 0] */
export const acos: Unary = elementwise("acos", kernels.acos, ["x"], (g, { x }) => g.div(x.mul(-1).add(1).mul(x.add(1)).sqrt()).neg());

/** y = asinh x = ln(x + √(x² + 1)), exact near 0. Gradient: dx = g / √(x² + 1). @example asinh(tensor([0, 1]))   // [0, 0.8814] */
export const asinh: Unary = elementwise("asinh", kernels.asinh, ["x"], (g, { x }) => g.div(hypot(x, 1)));

/** y = acosh x = ln(x + √(x² − 1)), NaN below 1. Gradient: dx = g / √(x² − 1), ∞ at 1. @example acosh(tensor([1, 2]))   // [0, 1.317] */
export const acosh: Unary = elementwise("acosh", kernels.acosh, ["x"], (g, { x }) => g.div(x.sub(1).sqrt().mul(x.add(1).sqrt())));

/**
 * y = atanh x = ½ ln((1 + x)/(1 − x)), exact near 0; ±∞ at ±1, NaN beyond. Gradient: dx = g / (1 − x²).
 * @example atanh(tensor([0, 0.5]))   // [0, 0.5493]
 */
export const atanh: Unary = elementwise("atanh", kernels.atanh, ["x"], (g, { x }) => g.div(x.mul(-1).add(1).mul(x.add(1))));

/**
 * The angle of the point (x, y), −π … π: atan(y/x) in the right quadrant; 0 for the origin. The signs of zeros count.
 * Shape:     y, x that broadcast → angle
 * Gradient:  dY = g · x/(x² + y²), dX = −g · y/(x² + y²), 0 at the origin, as in PyTorch
 * @param y tensor or number, first as everywhere
 * @param x tensor or number
 * @throws ShapeError, ArgumentError
 * @example atan2(tensor([1, -1]), tensor([-1, -1]))   // [2.3562, -2.3562]
 */
export const atan2: Binary = binary(
  "atan2",
  kernels.atan2,
  ["a", "b"],
  { a: (g, { a, b }) => overSquare(g, b, hypot(a, b)), b: (g, { a, b }) => overSquare(g, a, hypot(a, b)).neg() },
  { operands: floating, numbers: asFloating },
);

/** g · x / r², 0 for r = 0. */
function overSquare(g: Tensor, x: Tensor, r: Tensor): Tensor {
  const radius = where(r.eq(0), 1, r);
  return g.mul(x.div(radius)).div(radius);
}
