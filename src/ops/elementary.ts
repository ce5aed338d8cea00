import { DTypeError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { Unary } from "../graph/define.js";
import * as kernels from "../kernels/generated.js";
import { checkTensorArity, describeCall } from "../tensor/check.js";
import { Tensor } from "../tensor/tensor.js";
import { zerosLike } from "./creation.js";
import { elementwise, map } from "./elementwise.js";
import { floating } from "./operands.js";

/**
 * Functions of one operand. Shape: any → same. Integers keep their type where the result is whole (a result outside it is a
 * DTypeError), else become float32; NaN stays NaN. Errors are those of the kernels, assembly/elementary.ts.
 */

const negated: Unary = map("neg", kernels.neg, [], (g) => neg(g));

/** y = −x. Gradient: dx = −g. @throws DTypeError for bool @example tensor([1, -2]).neg()   // [-1, 2] */
export const neg: Unary = function (x) {
  checkTensorArity("neg", arguments.length, 1);
  if (!(x instanceof Tensor)) return describeCall("neg", "x", x, [x]);
  if (x.dtype === "bool")
    throw new DTypeError(message("neg", "a bool tensor has no negative", 'Write x.eq(0) for "not", or cast("int32").'));
  return negated(x);
};

/** y = |x|. Gradient: dx = g · sign x, 0 at 0. @example tensor([1, -2]).abs()   // [1, 2] */
export const abs: Unary = map("abs", kernels.abs, ["x"], (g, { x }) => g.mul(sign(x)));

/** y = −1, 0 or 1; NaN stays, as in NumPy. Gradient: 0. @example tensor([3, 0, -2]).sign()   // [1, 0, -1] */
export const sign: Unary = map("sign", kernels.sign, [], (g) => zerosLike(g));

/** y = x². Gradient: dx = 2x · g. @example tensor([1, -2]).square()   // [1, 4] */
export const square: Unary = map("square", kernels.square, ["x"], (g, { x }) => g.mul(x).mul(2));

/** y = √x, NaN below 0. Gradient: dx = g / 2y, ∞ at 0. @example tensor([4, 9]).sqrt()   // [2, 3] */
export const sqrt: Unary = elementwise("sqrt", kernels.sqrt, ["out"], (g, { out }) => g.div(out.mul(2)));

/** y = 1/√x, ∞ at 0, NaN below. Gradient: dx = −g · y³ / 2. @example tensor([4, 16]).rsqrt()   // [0.5, 0.25] */
export const rsqrt: Unary = elementwise("rsqrt", kernels.rsqrt, ["out"], (g, { out }) => g.mul(square(out).mul(out)).mul(-0.5));

/** y = 1/x, ±∞ at ±0. Gradient: dx = −g · y². @example tensor([4, -2]).reciprocal()   // [0.25, -0.5] */
export const reciprocal: Unary = elementwise("reciprocal", kernels.reciprocal, ["out"], (g, { out }) => neg(g.mul(square(out))));

/** y = eˣ. Gradient: dx = g · y. @example tensor([0, 1]).exp()   // [1, 2.7183] */
export const exp: Unary = elementwise("exp", kernels.exp, ["out"], (g, { out }) => g.mul(out));

/** y = eˣ − 1, exact near 0. Gradient: dx = g · (y + 1). @example tensor([0, 1]).expm1()   // [0, 1.7183] */
export const expm1: Unary = elementwise("expm1", kernels.expm1, ["out"], (g, { out }) => g.mul(out.add(1)));

/** y = ln x; −∞ at 0, NaN below. Gradient: dx = g / x. @example tensor([1, 2]).log()   // [0, 0.6931] */
export const log: Unary = elementwise("log", kernels.log, ["x"], (g, { x }) => g.div(x));

/**
 * y = ln(1 + x), exact near 0; −∞ at −1, NaN below. Gradient: dx = g / (1 + x).
 * @example tensor([0, 1]).log1p()   // [0, 0.6931]
 */
export const log1p: Unary = elementwise("log1p", kernels.log1p, ["x"], (g, { x }) => g.div(x.add(1)));

/**
 * y = log₂ x = ln x · log₂ e; powers of 2 may be off by an ulp. Gradient: dx = g / (x ln 2).
 * @example tensor([1, 8]).log2()   // [0, 3]
 */
export const log2: Unary = function (x) {
  checkTensorArity("log2", arguments.length, 1);
  return logarithm("log2", x, Math.LOG2E);
};

/**
 * y = log₁₀ x = ln x · log₁₀ e; powers of 10 may be off by an ulp. Gradient: dx = g / (x ln 10).
 * @example tensor([1, 1000]).log10()   // [0, 3]
 */
export const log10: Unary = function (x) {
  checkTensorArity("log10", arguments.length, 1);
  return logarithm("log10", x, Math.LOG10E);
};

function logarithm(op: string, x: Tensor, scale: number): Tensor {
  if (!(x instanceof Tensor)) return describeCall(op, "x", x, [x]);
  return log(x).mul(scale);
}

/** y = sin x, x in radians; NaN at ±∞. Gradient: dx = g · cos x. @example tensor([0, 1]).sin()   // [0, 0.8415] */
export const sin: Unary = elementwise("sin", kernels.sin, ["x"], (g, { x }) => g.mul(cos(x)));

/** y = cos x, x in radians; NaN at ±∞. Gradient: dx = −g · sin x. @example tensor([0, 1]).cos()   // [1, 0.5403] */
export const cos: Unary = elementwise("cos", kernels.cos, ["x"], (g, { x }) => neg(g.mul(sin(x))));

/** y = tan x = sin x / cos x, x in radians. Gradient: dx = g · (1 + y²). @example tensor([0, 1]).tan()   // [0, 1.5574] */
export const tan: Unary = function (x) {
  checkTensorArity("tan", arguments.length, 1);
  if (!(x instanceof Tensor)) return describeCall("tan", "x", x, [x]);
  return sin(x).div(cos(x));
};

/**
 * y = sinh x = ½((eˣ − 1) − (e⁻ˣ − 1)), exact near 0; ±∞ beyond |x| = 88.7. Gradient: dx = g · cosh x.
 * @example tensor([0, 1]).sinh()   // [0, 1.1752]
 */
export const sinh: Unary = function (x) {
  checkTensorArity("sinh", arguments.length, 1);
  if (!(x instanceof Tensor)) return describeCall("sinh", "x", x, [x]);
  const t = floating(x);
  // The two terms have opposite signs: nothing cancels, and at 0 the derivative is 1.
  return expm1(t)
    .sub(expm1(neg(t)))
    .mul(0.5);
};

/**
 * y = cosh x = ½(eˣ + e⁻ˣ); ∞ beyond |x| = 88.7. Gradient: dx = g · sinh x.
 * @example tensor([0, 1]).cosh()   // [1, 1.5431]
 */
export const cosh: Unary = function (x) {
  checkTensorArity("cosh", arguments.length, 1);
  if (!(x instanceof Tensor)) return describeCall("cosh", "x", x, [x]);
  const t = floating(x);
  return exp(t)
    .add(exp(neg(t)))
    .mul(0.5);
};

/** y = erf x = 2/√π ∫₀ˣ e^(−t²) dt. Gradient: dx = g · 2/√π · e^(−x²). @example tensor([0, 1]).erf()   // [0, 0.8427] */
export const erf: Unary = elementwise("erf", kernels.erf, ["x"], (g, { x }) => g.mul(exp(neg(square(x)))).mul(1.1283791670955126));

/** The next integer below. Gradient: 0. @example tensor([1.5, -1.5]).floor()   // [1, -2] */
export const floor: Unary = map("floor", kernels.floor, [], (g) => zerosLike(g));

/** The next integer above. Gradient: 0. @example tensor([1.5, -1.5]).ceil()   // [2, -1] */
export const ceil: Unary = map("ceil", kernels.ceil, [], (g) => zerosLike(g));

/** The nearest integer, halves to even. Gradient: 0. @example tensor([0.5, 1.5, -1.2]).round()   // [0, 2, -1] */
export const round: Unary = map("round", kernels.round, [], (g) => zerosLike(g));

/** The next integer towards 0. Gradient: 0. @example tensor([1.5, -1.5]).trunc()   // [1, -1] */
export const trunc: Unary = map("trunc", kernels.trunc, [], (g) => zerosLike(g));
