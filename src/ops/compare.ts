import { defineOp } from "../graph/define.js";
import * as kernels from "../kernels/generated.js";
import { BYTES } from "../memory/views.js";
import { checkTensorArity, describeCall } from "../tensor/check.js";
import { broadcastShapes } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { runBroadcast, sumTo } from "./broadcast.js";
import { cast } from "./cast.js";
import { type Binary, type BinaryKernel, binary } from "./elementwise.js";
import { constant, describeOperands, type Operand, promoted, unwrapped } from "./operands.js";
import { moveType } from "./strided.js";

/**
 * Comparisons: two tensors of shapes that broadcast, or a tensor and a number, to bool; no gradient. NaN equals nothing and is
 * neither less nor greater. A whole number outside an integer tensor's type is compared as it is (PyTorch refuses it).
 */
const comparison = (name: string, kernel: BinaryKernel, ofInts: BinaryKernel): Binary =>
  binary(name, (args, from, to, dtype) => (dtype === "int32" ? ofInts(args, from, to) : kernel(args, from, to, dtype)), [], null, {
    result: "bool",
    operands: (x) => (BYTES[x.dtype] === 1 ? cast(x, "int32") : x),
    numbers: unwrapped,
  });

/** a > b is b < a. */
const swapped =
  (kernel: BinaryKernel): BinaryKernel =>
  ({ a, b, a0, a1, a2, a3, b0, b1, b2, b3, ...rest }, from, to) =>
    kernel({ ...rest, a: b, b: a, a0: b0, a1: b1, a2: b2, a3: b3, b0: a0, b1: a1, b2: a2, b3: a3 }, from, to);

/** a = b. @throws ShapeError, ArgumentError @example tensor([1, 2]).eq(2)   // [0, 1] */
export const eq: Binary = comparison("eq", kernels.eq, kernels.eqInts);

/** a ≠ b. @throws ShapeError, ArgumentError @example tensor([1, 2]).ne(2)   // [1, 0] */
export const ne: Binary = comparison("ne", kernels.ne, kernels.neInts);

/** a < b. @throws ShapeError, ArgumentError @example tensor([1, 2]).lt(2)   // [1, 0] */
export const lt: Binary = comparison("lt", kernels.lt, kernels.ltInts);

/** a ≤ b. @throws ShapeError, ArgumentError @example tensor([1, 2]).le(2)   // [1, 1] */
export const le: Binary = comparison("le", kernels.le, kernels.leInts);

/** a > b. @throws ShapeError, ArgumentError @example tensor([1, 2]).gt(1)   // [0, 1] */
export const gt: Binary = comparison("gt", kernels.gt, swapped(kernels.ltInts));

/** a ≥ b. @throws ShapeError, ArgumentError @example tensor([1, 2]).ge(1)   // [1, 1] */
export const ge: Binary = comparison("ge", kernels.ge, swapped(kernels.leInts));

/**
 * Chooses element by element: z = a where the condition is true, else b. What is not chosen may be NaN or ±∞ without harm.
 * Shape:     condition, a, b that broadcast → z
 * Gradient:  dA = g where chosen, 0 elsewhere; dB the rest; none for the condition
 * @param condition any element type; numbers count as true unless 0
 * @param a tensor or number
 * @param b tensor or number; two numbers give float32
 * @throws ShapeError, ArgumentError, DTypeError for a number outside an integer tensor's type
 * @example tensor([true, false]).where(tensor([1, 2]), 0)   // [1, 0]
 */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  checkTensorArity("where", arguments.length, 3);
  if (!(condition instanceof Tensor)) return describeCall("where", "condition", condition, [condition, a, b]);
  const mask = cast(condition, "bool");
  if (typeof a === "number" && typeof b === "number") return whereOp(mask, constant(a, "float32"), constant(b, "float32"));
  const operands = promoted("where", a, b);
  return operands === null ? describeOperands("where", a, b, [condition, a, b]) : whereOp(mask, ...operands);
}

const whereOp: (condition: Tensor, a: Tensor, b: Tensor) => Tensor = defineOp({
  name: "where",
  inputs: ["condition", "a", "b"],
  save: ["condition"],
  shape: ({ condition, a, b }) => broadcastShapes("where", condition.shape, broadcastShapes("where", a.shape, b.shape)),
  dtype: ({ a }) => a.dtype,
  forward: ({ condition, a, b, out }) => {
    if (out.size === 0) return;
    runBroadcast(out, [condition, a, b], ({ at, extents: [, n1, n2, n3], strides, result, count }) => {
      const [[c0, c1, c2, c3], [a0, a1, a2, a3], [b0, b1, b2, b3]] = strides;
      const args = { condition: at[0], a: at[1], b: at[2], out: result, n1, n2, n3, c0, c1, c2, c3, a0, a1, a2, a3, b0, b1, b2, b3 };
      kernels.where(args, 0, count, BYTES[out.dtype] === 1 ? out.dtype : moveType(out.dtype));
    });
  },
  grad: {
    a: (g, { condition, a }) => sumTo(where(condition, g, 0), a.shape),
    b: (g, { condition, b }) => sumTo(where(condition, 0, g), b.shape),
  },
});
