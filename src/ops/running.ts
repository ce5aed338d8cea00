import { defineOp } from "../graph/define.js";
import * as kernels from "../kernels/generated.js";
import { checkTensorArity, describeCall } from "../tensor/check.js";
import { normalizeAxis, sizeOf } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { where } from "./compare.js";
import { widened } from "./fold.js";
import { floating } from "./operands.js";
import type { Ordered } from "./sort.js";

/** Running products, extremes and sums of exponentials along an axis: what `cumsum` is for sums. */

/**
 * Running products along an axis: yᵢ = x₀ · … · xᵢ, multiplied in float64. Bools give int32; integers give float64, which does not wrap
 * around (PyTorch gives int64).
 * Shape:     any with at least one axis → same
 * Gradient:  dxᵢ = Σ_{j≥i} gⱼ · Π_{k≤j, k≠i} xₖ, computed without division: right also where elements are 0, in linear time
 * @param axis the axis to run along; negative ones count from the end
 * @throws IndexError for an axis outside the shape
 * @example cumprod(tensor([1, 2, 3]), 0)   // [1, 2, 6]
 */
export function cumprod(x: Tensor, axis: number): Tensor {
  checkTensorArity("cumprod", arguments.length, 2);
  if (!(x instanceof Tensor)) return describeCall("cumprod", "x", x, [x, axis]);
  return along("cumprod", widened("cumprod", x), axis, cumprodOp);
}

/**
 * The greatest element so far along an axis, and where it stands; the last of equals. From a NaN on, all are NaN.
 * Shape:     any with at least one axis → values and indices of the same
 * Gradient:  dx: g of each value to the element that it is
 * @param axis the axis to run along; negative ones count from the end
 * @throws IndexError for an axis outside the shape
 * @example const { values, indices } = cummax(tensor([1, 3, 2]), 0)   // [1, 3, 3] and [0, 1, 1]
 */
export function cummax(x: Tensor, axis: number): Ordered {
  checkTensorArity("cummax", arguments.length, 2);
  if (!(x instanceof Tensor)) return describeCall("cummax", "x", x, [x, axis]);
  return extremes("cummax", x, axis, cummaxOp);
}

/**
 * The least element so far along an axis, and where it stands; the last of equals. From a NaN on, all are NaN.
 * Shape:     any with at least one axis → values and indices of the same
 * Gradient:  dx: g of each value to the element that it is
 * @param axis the axis to run along; negative ones count from the end
 * @throws IndexError for an axis outside the shape
 * @example const { values, indices } = cummin(tensor([2, 3, 1]), 0)   // [2, 2, 1] and [0, 0, 2]
 */
export function cummin(x: Tensor, axis: number): Ordered {
  checkTensorArity("cummin", arguments.length, 2);
  if (!(x instanceof Tensor)) return describeCall("cummin", "x", x, [x, axis]);
  return extremes("cummin", x, axis, cumminOp);
}

/**
 * Logarithms of running sums of exponentials along an axis: yᵢ = ln(e^x₀ + … + e^xᵢ), without overflow; integers become float32.
 * Shape:     any with at least one axis → same
 * Gradient:  dxᵢ = Σ_{j≥i} gⱼ · e^(xᵢ − yⱼ)
 * @param axis the axis to run along; negative ones count from the end
 * @throws IndexError for an axis outside the shape
 * @example logCumSumExp(tensor([1000, 1000]), 0)   // [1000, 1000.6931]
 */
export function logCumSumExp(x: Tensor, axis: number): Tensor {
  checkTensorArity("logCumSumExp", arguments.length, 2);
  if (!(x instanceof Tensor)) return describeCall("logCumSumExp", "x", x, [x, axis]);
  return along("logCumSumExp", floating(x), axis, logCumSumExpOp);
}

type Run = (view: Tensor) => Tensor;

/** Runs along the middle axis of a view [outer, n, inner]. */
function along(op: string, x: Tensor, axis: number, run: Run): Tensor {
  const at = normalizeAxis(op, axis, x.shape);
  return run(x.reshape([sizeOf(x.shape.slice(0, at)), x.shape[at], sizeOf(x.shape.slice(at + 1))])).reshape(x.shape);
}

/** The values are gathered, which makes them differentiable. */
function extremes(op: string, x: Tensor, axis: number, positions: Run): Ordered {
  const indices = along(op, x, axis, positions);
  return { values: x.gather(axis, indices), indices };
}

const lanes = (x: Tensor): number => x.shape[0] * x.shape[2];

function positions(name: string, kernel: typeof kernels.cummax): Run {
  return defineOp({
    name,
    inputs: ["x"],
    shape: ({ x }) => x.shape,
    dtype: "int32",
    forward: ({ x, out }) => {
      if (x.size > 0) kernel({ x: x.at, out: out.at, reduced: x.shape[1], inner: x.shape[2] }, 0, lanes(x), x.dtype);
    },
  });
}

const cummaxOp: Run = positions("cummax", kernels.cummax);
const cumminOp: Run = positions("cummin", kernels.cummin);

const cumprodOp: Run = defineOp({
  name: "cumprod",
  inputs: ["x"],
  save: ["x", "out"],
  shape: ({ x }) => x.shape,
  forward: ({ x, out }) => scan(x, null, out, false),
  // What is behind element i sums up by a linear scan from the end; the product before it is the result before it.
  grad: { x: (g, { x, out }) => linearScan(shifted(x, -1, 0), g, { reverse: true }).mul(shifted(out, 1, 1)) },
});

const logCumSumExpOp: Run = defineOp({
  name: "logCumSumExp",
  inputs: ["x"],
  save: ["x", "out"],
  shape: ({ x }) => x.shape,
  forward: ({ x, out }) => {
    if (x.size > 0) kernels.logCumSumExp({ x: x.at, out: out.at, reduced: x.shape[1], inner: x.shape[2] }, 0, lanes(x), x.dtype);
  },
  grad: {
    // e^(xᵢ − yⱼ) is e^(xᵢ − yᵢ) · e^(yᵢ − yᵢ₊₁) · … · e^(yⱼ₋₁ − yⱼ), whose factors are all 1 at most.
    x: (g, { x, out }) => {
      const n = x.shape[1];
      if (n === 0) return g;
      const falls = ratio(out.slice([null, [0, n - 1]]), out.slice([null, [1, n]])).pad(behind(0, 1));
      return linearScan(falls, g, { reverse: true }).mul(ratio(x, out));
    },
  },
});

/** e^(a − b) for a ≤ b; 1 between equal infinities. */
function ratio(a: Tensor, b: Tensor): Tensor {
  return where(a.eq(b), 0, a.sub(b)).exp();
}

interface Direction {
  /** From the last element back. */
  reverse: boolean;
}

/**
 * yᵢ = aᵢ · yᵢ₋₁ + bᵢ along the middle axis, or aᵢ · yᵢ₊₁ + bᵢ in reverse; it begins with y = b.
 * Gradient:  of b the linear scan of g the other way, s; of a sᵢ · yᵢ₋₁
 */
const linearScan: (a: Tensor, b: Tensor, direction: Direction) => Tensor = defineOp({
  name: "linearScan",
  inputs: ["a", "b"],
  save: ["a", "b", "out"],
  shape: ({ b }) => b.shape,
  forward: ({ a, b, out }, { reverse }: Direction) => scan(a, b, out, reverse),
  grad: {
    a: (g, { a, out }, { reverse }) => backwards(a, g, reverse).mul(shifted(out, reverse ? -1 : 1, 0)),
    b: (g, { a }, { reverse }) => backwards(a, g, reverse),
  },
});

function backwards(a: Tensor, g: Tensor, reverse: boolean): Tensor {
  return linearScan(shifted(a, reverse ? 1 : -1, 0), g, { reverse: !reverse });
}

function scan(x: Tensor, b: Tensor | null, out: Tensor, reverse: boolean): void {
  if (x.size === 0) return;
  const args = { x: x.at, b: b === null ? 0 : b.at, out: out.at, reduced: x.shape[1], inner: x.shape[2], reverse: reverse ? 1 : 0 };
  kernels.linearScan(args, 0, lanes(x), x.dtype);
}

/** The elements one place on (−1: back) along the middle axis; `value` enters. */
function shifted(x: Tensor, by: 1 | -1, value: number): Tensor {
  const n = x.shape[1];
  if (n === 0) return x;
  return by === 1 ? x.slice([null, [0, n - 1]]).pad(behind(1, 0), { value }) : x.slice([null, [1, n]]).pad(behind(0, 1), { value });
}

const behind = (before: number, after: number): [number, number][] => [
  [0, 0],
  [before, after],
  [0, 0],
];
