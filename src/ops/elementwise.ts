import { defineOp, type Unary } from "../graph/define.js";
import type { BinaryArgs, MapArgs } from "../kernels/generated.js";
import type { DType } from "../memory/views.js";
import { checkTensorArity, describeCall } from "../tensor/check.js";
import { broadcastShapes, sameShape } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { runBroadcast, sumTo } from "./broadcast.js";
import { describeOperands, floating, type NumberRule, type Operand, promoted } from "./operands.js";
import { checkOverflow } from "./overflow.js";

/** Factories for operations that work element by element, and the walk of two operands that broadcast. */

export type MapKernel = (args: MapArgs, from: number, to: number, dtype?: DType) => void;
export type BinaryKernel = (args: BinaryArgs, from: number, to: number, dtype?: DType) => void;

/** Two tensors of shapes that broadcast, or a tensor and a number on either side: `x.sub(1)`, `sub(1, x)`. */
export type Binary = (a: Operand, b: Operand) => Tensor;

/** Gradient formula of a function of one operand: reads x and the result. */
export type MapGradient = (g: Tensor, saved: { x: Tensor; out: Tensor }) => Tensor;

/** y = f(x) element by element; integers become float32 first. `saved` names what the gradient reads. */
export function elementwise(name: string, kernel: MapKernel, saved: readonly ("x" | "out")[], gradient: MapGradient): Unary {
  const operation = mapOp(name, kernel, saved, gradient);
  return function (x) {
    checkTensorArity(name, arguments.length, 1);
    if (!(x instanceof Tensor)) return describeCall(name, "x", x, [x]);
    return operation(floating(x));
  };
}

/** The same for functions that are whole on integers, whose type the result keeps. */
export function map(name: string, kernel: MapKernel, saved: readonly ("x" | "out")[], gradient: MapGradient): Unary {
  const operation = mapOp(name, kernel, saved, gradient);
  return function (x) {
    checkTensorArity(name, arguments.length, 1);
    if (!(x instanceof Tensor)) return describeCall(name, "x", x, [x]);
    return operation(x);
  };
}

function mapOp(name: string, kernel: MapKernel, saved: readonly ("x" | "out")[], gradient: MapGradient): Unary {
  return defineOp({
    name,
    inputs: ["x"],
    save: saved,
    shape: ({ x }) => x.shape,
    forward: ({ x, out }) => {
      kernel({ x: x.at, out: out.at }, 0, out.size, out.dtype);
      checkOverflow(name, out.dtype);
    },
    grad: { x: (g, { x, out }) => gradient(g, { x: x as Tensor, out: out as Tensor }) },
  });
}

/** Gradient formulas of z = f(a, b), before they are summed over broadcast axes. */
export interface BinaryGradient {
  a?: (g: Tensor, saved: { a: Tensor; b: Tensor; out: Tensor }) => Tensor;
  b?: (g: Tensor, saved: { a: Tensor; b: Tensor; out: Tensor }) => Tensor;
}

/**
 * z = f(a, b) with broadcasting and type promotion. `result` fixes the type of the result (comparisons: bool); `numbers` says in
 * which type a JS number and a tensor meet, `operands` what both become after they have met.
 */
export function binary(
  name: string,
  kernel: BinaryKernel,
  saved: readonly ("a" | "b" | "out")[],
  gradient: BinaryGradient | null,
  options: { result?: DType; operands?: (x: Tensor) => Tensor; numbers?: NumberRule } = {},
): Binary {
  const { a: gradA, b: gradB } = gradient ?? {};
  const operation = defineOp({
    name,
    inputs: ["a", "b"],
    save: saved,
    shape: ({ a, b }) => broadcastShapes(name, a.shape, b.shape),
    dtype: options.result,
    forward: ({ a, b, out }) => {
      runBinary(kernel, a, b, out);
      checkOverflow(name, out.dtype);
    },
    grad: gradient
      ? {
          a: gradA && ((g, saved) => sumTo(gradA(g, saved as never), saved.a.shape)),
          b: gradB && ((g, saved) => sumTo(gradB(g, saved as never), saved.b.shape)),
        }
      : undefined,
  });
  const { operands: converted, numbers } = options;
  return function (a, b) {
    checkTensorArity(name, arguments.length, 2);
    const operands = promoted(name, a, b, numbers);
    if (operands === null) return describeOperands(name, a, b, [a, b]);
    const [x, y] = operands;
    return converted === undefined ? operation(x, y) : operation(converted(x), converted(y));
  };
}

/** Runs a kernel over two operands that broadcast to the shape of `out`. */
function runBinary(kernel: BinaryKernel, a: Tensor, b: Tensor, out: Tensor): void {
  const n = out.size;
  if (n === 0) return;
  const { dtype } = a;
  if (sameShape(a.shape, b.shape)) kernel(flat(a.at, b.at, out.at, n, 1, 1), 0, n, dtype);
  else if (b.size === 1 && a.size === n) kernel(flat(a.at, b.at, out.at, n, 1, 0), 0, n, dtype);
  else if (a.size === 1 && b.size === n) kernel(flat(a.at, b.at, out.at, n, 0, 1), 0, n, dtype);
  else {
    runBroadcast(out, [a, b], ({ at, extents: [, n1, n2, n3], strides: [[a0, a1, a2, a3], [b0, b1, b2, b3]], result, count }) =>
      kernel({ a: at[0], b: at[1], out: result, n1, n2, n3, a0, a1, a2, a3, b0, b1, b2, b3 }, 0, count, dtype),
    );
  }
}

/** One row of n elements; a step of 0 repeats the operand's only element. */
function flat(a: number, b: number, out: number, n: number, a3: number, b3: number): BinaryArgs {
  return { a, b, out, n1: 1, n2: 1, n3: n, a0: 0, a1: 0, a2: 0, a3, b0: 0, b1: 0, b2: 0, b3 };
}
