import { DTypeError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { defineOp } from "../graph/define.js";
import * as kernels from "../kernels/generated.js";
import type { DType } from "../memory/views.js";
import { number } from "../options/kinds.js";
import { checkValue } from "../options/option.js";
import { checkTensorArity, describeCall } from "../tensor/check.js";
import { holds, numberDType } from "../tensor/dtype.js";
import { Tensor } from "../tensor/tensor.js";
import { cast } from "./cast.js";
import { eq, ge, gt, lt, where } from "./compare.js";
import { log } from "./elementary.js";
import { type Binary, type BinaryKernel, binary } from "./elementwise.js";
import { asFloating, floating } from "./operands.js";

/**
 * Arithmetic of two operands that broadcast by NumPy's rule, in the type that PyTorch's promotion gives: bool < uint8 < int32 <
 * float32 < float64, where a scalar tensor or a JS number only raises the kind (bool, integer, floating). Unlike in PyTorch integers
 * never wrap around: a number or a result outside its integer type is a DTypeError. Gradients are summed over broadcast axes.
 */

/** The sum of two bools is "or", as in PyTorch. */
const addOrUnite: BinaryKernel = (args, from, to, dtype) =>
  dtype === "bool" ? kernels.either(args, from, to) : kernels.add(args, from, to, dtype);

/** Their product is "and". */
const multiplyOrMeet: BinaryKernel = (args, from, to, dtype) =>
  dtype === "bool" ? kernels.both(args, from, to) : kernels.mul(args, from, to, dtype);

/**
 * Sum z = a + b; of two bools a or b.
 * Shape:     a, b that broadcast → z
 * Gradient:  dA = g, dB = g
 * @param b tensor or number
 * @throws ShapeError, ArgumentError for anything that is neither tensor nor number, DTypeError for a number or a sum outside an
 * integer type
 * @example tensor([[1, 2], [3, 4]]).add(tensor([10, 20]))   // [[11, 22], [13, 24]]
 */
export const add: Binary = binary("add", addOrUnite, [], { a: (g) => g, b: (g) => g });

const difference: Binary = binary("sub", kernels.sub, [], { a: (g) => g, b: (g) => g.neg() });

/**
 * Difference z = a − b.
 * Shape:     a, b that broadcast → z
 * Gradient:  dA = g, dB = −g
 * @param b tensor or number; `sub(1, x)` has the number in front
 * @throws ShapeError, ArgumentError, DTypeError for two bools, and for a number or a difference outside an integer type
 * @example tensor([1, 5]).sub(2)   // [-1, 3]
 */
export const sub: Binary = function (a, b) {
  checkTensorArity("sub", arguments.length, 2);
  if (a instanceof Tensor && b instanceof Tensor && a.dtype === "bool" && b.dtype === "bool") {
    throw new DTypeError(message("sub", "two bool tensors have no difference", 'Use ne(a, b), or cast("int32").'));
  }
  return difference(a, b);
};

/**
 * Product z = a · b, element by element; of two bools a and b.
 * Shape:     a, b that broadcast → z
 * Gradient:  dA = g · b, dB = g · a
 * @param b tensor or number
 * @throws ShapeError, ArgumentError, DTypeError for a number or a product outside an integer type
 * @example tensor([1, 3]).mul(0.5)   // [0.5, 1.5]
 */
export const mul: Binary = binary("mul", multiplyOrMeet, ["a", "b"], { a: (g, { b }) => mul(g, b), b: (g, { a }) => mul(g, a) });

/**
 * Quotient z = a / b; integers become float32. Division by 0 gives ±∞ or NaN.
 * Shape:     a, b that broadcast → z
 * Gradient:  dA = g / b, dB = −g · a / b²
 * @param b tensor or number; `div(1, x)` has the number in front
 * @throws ShapeError, ArgumentError
 * @example tensor([51, 255], { dtype: "uint8" }).div(255)   // [0.2, 1]
 */
export const div: Binary = binary(
  "div",
  kernels.div,
  ["a", "b", "out"],
  { a: (g, { b }) => div(g, b), b: (g, { b, out }) => div(mul(g, out), b).neg() },
  { operands: floating, numbers: asFloating },
);

/**
 * Power z = aᵇ. A negative base has a real power only for whole exponents, else NaN; 0⁰ = 1, and 1 to any power. Unlike PyTorch,
 * integers become float32, so that negative exponents have a result.
 * Shape:     a, b that broadcast → z
 * Gradient:  dA = g · b · aᵇ⁻¹ (0 where b = 0), dB = g · z · ln a (0 where a = 0 and b ≥ 0)
 * @param b tensor or number
 * @throws ShapeError, ArgumentError
 * @example tensor([2, -3]).pow(2)   // [4, 9]
 */
export const pow: Binary = function (a, b) {
  checkTensorArity("pow", arguments.length, 2);
  // The commonest powers, with exact gradients and without logarithms.
  if (a instanceof Tensor) {
    if (b === 2) return floating(a).square();
    if (b === 0.5) return floating(a).sqrt();
    if (b === 1) return mul(floating(a), 1);
  }
  return power(a, b);
};

const power: Binary = binary(
  "pow",
  kernels.pow,
  ["a", "b", "out"],
  {
    // b · aᵇ⁻¹ is 0 · ∞ for a = 0, b = 0: the derivative of a constant is 0.
    a: (g, { a, b }) => where(eq(b, 0), 0, mul(g, mul(b, power(a, sub(b, 1))))),
    b: (g, { a, b, out }) => mul(g, where(eq(a, 0).mul(ge(b, 0)), 0, mul(out, log(a)))),
  },
  { operands: floating, numbers: asFloating },
);

/**
 * The larger of a and b; NaN if either is.
 * Shape:     a, b that broadcast → z
 * Gradient:  g to the larger; half to each where they are equal, as in PyTorch
 * @param b tensor or number
 * @throws ShapeError, ArgumentError, DTypeError for a number outside an integer tensor's type
 * @example tensor([-1, 2]).maximum(0)   // [0, 2]
 */
export const maximum: Binary = binary("maximum", kernels.maximum, ["a", "b"], {
  a: (g, { a, b }) => share(g, lt(a, b), eq(a, b)),
  b: (g, { a, b }) => share(g, gt(a, b), eq(a, b)),
});

/**
 * The smaller of a and b; NaN if either is.
 * Shape:     a, b that broadcast → z
 * Gradient:  g to the smaller; half to each where they are equal, as in PyTorch
 * @param b tensor or number
 * @throws ShapeError, ArgumentError, DTypeError for a number outside an integer tensor's type
 * @example tensor([5, 7]).minimum(6)   // [5, 6]
 */
export const minimum: Binary = binary("minimum", kernels.minimum, ["a", "b"], {
  a: (g, { a, b }) => share(g, gt(a, b), eq(a, b)),
  b: (g, { a, b }) => share(g, lt(a, b), eq(a, b)),
});

/** 0 for what lost, half of g for a tie, else g; where one is NaN, both get it. */
function share(g: Tensor, lost: Tensor, tie: Tensor): Tensor {
  return where(lost, 0, where(tie, g.mul(0.5), g));
}

const LIMIT = number({ required: true, infinite: true });

/**
 * y = min(max(x, min), max), which is max where min > max, as in PyTorch; NaN stays. Integers keep their type beside whole limits.
 * Shape:     any → same
 * Gradient:  g where min ≤ x ≤ max, else 0
 * @param min lower limit, default none (−∞)
 * @param max upper limit, default none (+∞)
 * @throws ArgumentError if a limit is not a number, DTypeError for an integer tensor whose type holds nothing between the limits
 * @example tensor([-3, 0.5, 3]).clamp(-1, 1)   // [-1, 0.5, 1]
 */
export function clamp(x: Tensor, min: number = -Infinity, max: number = Infinity): Tensor {
  checkTensorArity("clamp", arguments.length, 3);
  if (!(x instanceof Tensor)) return describeCall("clamp", "x", x, [x, min, max]);
  checkValue("clamp", "min", min, LIMIT);
  checkValue("clamp", "max", max, LIMIT);
  const dtype = typeBetween(x.dtype, Math.min(min, max), max);
  return clampOp(cast(x, dtype), { min, max });
}

/** The type of a clamped tensor: whole and infinite limits keep an integer type. */
function typeBetween(x: DType, min: number, max: number): DType {
  let dtype = x;
  if (Number.isFinite(min)) dtype = numberDType(min, dtype);
  if (Number.isFinite(max)) dtype = numberDType(max, dtype);
  if (holds(dtype, Math.max(min, 0)) && holds(dtype, Math.min(max, 0))) return dtype;
  throw new DTypeError(message("clamp", `no ${dtype} lies between min ${min} and max ${max}`, 'Convert the tensor with cast("float32").'));
}

interface Limits {
  min: number;
  max: number;
}

const clampOp: (x: Tensor, limits: Limits) => Tensor = defineOp({
  name: "clamp",
  inputs: ["x"],
  save: ["x"],
  shape: ({ x }) => x.shape,
  forward: ({ x, out }, { min, max }: Limits) => kernels.clamp({ x: x.at, out: out.at, min, max }, 0, out.size, out.dtype),
  grad: { x: (g, { x }, limits) => clampGrad(g, x, limits) },
});

const clampGrad: (g: Tensor, x: Tensor, limits: Limits) => Tensor = defineOp({
  name: "clampGrad",
  inputs: ["g", "x"],
  save: ["x"],
  shape: ({ g }) => g.shape,
  forward: ({ g, x, out }, { min, max }: Limits) =>
    kernels.clampGrad({ g: g.at, saved: x.at, out: out.at, min, max }, 0, out.size, out.dtype),
  grad: { g: (gg, { x }, limits) => clampGrad(gg, x, limits) },
});
