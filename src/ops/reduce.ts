import { defineOp, type Unary } from "../graph/define.js";
import { CHUNK, CHUNKED_FROM } from "../kernels/generated/constants.js";
import * as kernels from "../kernels/generated.js";
import { allocateTemporary, releaseTemporary } from "../memory/heap.js";
import type { Declaration, OptionsOf, SettingsOf } from "../options/declare.js";
import { number } from "../options/kinds.js";
import { describeCall } from "../tensor/check.js";
import { Tensor } from "../tensor/tensor.js";
import { type Axes, AxesArguments, type Told, type WithAxes } from "./axes.js";
import { KEEP_DIMS, outputs, type ReductionOptions, record, reduced, toExtremes, widened } from "./fold.js";
import { floating } from "./operands.js";

const SUM = new AxesArguments<Axes, typeof KEEP_DIMS>("sum", "axes", KEEP_DIMS);
const MEAN = new AxesArguments<Axes, typeof KEEP_DIMS>("mean", "axes", KEEP_DIMS);
const PROD = new AxesArguments<Axes, typeof KEEP_DIMS>("prod", "axes", KEEP_DIMS);
const LOG_SUM_EXP = new AxesArguments<Axes, typeof KEEP_DIMS>("logSumExp", "axes", KEEP_DIMS);

/**
 * Sum y = Σ x over axes, accumulated in float64. Bools are counted in int32; integers give float64,
 * which does not wrap around and is exact up to 2⁵³ (PyTorch gives int64).
 * Shape:     any → reduced axes gone (1 with keepDims); the sum of nothing is 0
 * Gradient:  dx = g, repeated along the reduced axes
 * @param axes one axis or several, default all
 * @param options.keepDims keep reduced axes with extent 1, default false
 * @throws IndexError for an axis outside the shape, ShapeError for one named twice, ArgumentError for an option
 * @example tensor([[1, 2], [3, 4]]).sum(0)   // [4, 6]
 */
export function sum(x: Tensor, axes?: Axes | WithAxes<ReductionOptions>, options?: ReductionOptions): Tensor {
  if (!(x instanceof Tensor)) return describeCall("sum", "x", x, [x, axes, options]);
  const told = SUM.read(arguments.length, axes, options);
  if (isCounted(x)) return reduced("sum", x.cast("float32"), told, sumOp).cast("int32");
  return reduced("sum", widened("sum", x), told, sumOp);
}

/** Whether x is a mask whose count is exact in float32, for which there is a kernel. */
function isCounted(x: Tensor): boolean {
  return x.dtype === "bool" && x.size <= 1 << 24;
}

/**
 * Mean y = Σ x / n over axes, accumulated in float64; integers become float32.
 * Shape:     any → reduced axes gone (1 with keepDims); the mean of nothing is NaN
 * Gradient:  dx = g / n, repeated along the reduced axes
 * @param axes one axis or several, default all
 * @param options.keepDims keep reduced axes with extent 1, default false
 * @throws IndexError for an axis outside the shape, ShapeError for one named twice, ArgumentError for an option
 * @example tensor([[1, 2], [3, 4]]).mean(1)   // [1.5, 3.5]
 */
export function mean(x: Tensor, axes?: Axes | WithAxes<ReductionOptions>, options?: ReductionOptions): Tensor {
  if (!(x instanceof Tensor)) return describeCall("mean", "x", x, [x, axes, options]);
  return reduced("mean", floating(x), MEAN.read(arguments.length, axes, options), meanOp);
}

/**
 * Product y = Π x over axes, accumulated in float64. Bools give int32; integers give float64, which does not
 * wrap around and is exact up to 2⁵³ (PyTorch gives int64).
 * Shape:     any → reduced axes gone (1 with keepDims); the product of nothing is 1
 * Gradient:  dxᵢ = g · Π_{j≠i} xⱼ, right also where elements are 0
 * @param axes one axis or several, default all
 * @param options.keepDims keep reduced axes with extent 1, default false
 * @throws IndexError for an axis outside the shape, ShapeError for one named twice, ArgumentError for an option
 * @example tensor([[1, 2], [3, 4]]).prod(0)   // [3, 8]
 */
export function prod(x: Tensor, axes?: Axes | WithAxes<ReductionOptions>, options?: ReductionOptions): Tensor {
  if (!(x instanceof Tensor)) return describeCall("prod", "x", x, [x, axes, options]);
  return reduced("prod", widened("prod", x), PROD.read(arguments.length, axes, options), prodOp);
}

/**
 * y = log Σ eˣ over axes, with the maximum taken out first: it does not overflow.
 * Shape:     any → reduced axes gone (1 with keepDims); −∞ for nothing
 * Gradient:  dx = g · e^(x − y), the softmax of x
 * @param axes one axis or several, default all
 * @param options.keepDims keep reduced axes with extent 1, default false
 * @throws IndexError for an axis outside the shape, ShapeError for one named twice, ArgumentError for an option
 * @example tensor([1000, 1000]).logSumExp()   // 1000.6931
 */
export function logSumExp(x: Tensor, axes?: Axes | WithAxes<ReductionOptions>, options?: ReductionOptions): Tensor {
  if (!(x instanceof Tensor)) return describeCall("logSumExp", "x", x, [x, axes, options]);
  return reduced("logSumExp", floating(x), LOG_SUM_EXP.read(arguments.length, axes, options), logSumExpOp);
}

const SPREAD = {
  /** The divisor is n − correction: 1 unbiased, 0 biased. Any number ≥ 0; a divisor below 0 counts as 0. Default 1. */
  correction: number({ default: 1, min: 0, aka: ["unbiased", "ddof"] }),
  ...KEEP_DIMS,
};

/** Options of `variance` and `std`. */
export interface VarianceOptions extends OptionsOf<Declaration<typeof SPREAD>> {}

const VARIANCE = new AxesArguments<Axes, typeof SPREAD>("variance", "axes", SPREAD);
const STD = new AxesArguments<Axes, typeof SPREAD>("std", "axes", SPREAD);

/**
 * Variance y = Σ (x − mean)² / (n − correction) over axes, in two passes in float64.
 * Shape:     any → reduced axes gone (1 with keepDims); NaN where n = correction
 * Gradient:  dx = g · 2 (x − mean) / (n − correction)
 * @param axes one axis or several, default all
 * @param options.correction the divisor is n − correction, default 1
 * @param options.keepDims keep reduced axes with extent 1, default false
 * @throws IndexError for an axis outside the shape, ArgumentError for an unknown option or a negative correction
 * @example tensor([1, 2, 3, 4]).variance(0, { correction: 0 })   // 1.25
 */
export function variance(x: Tensor, axes?: Axes | WithAxes<VarianceOptions>, options?: VarianceOptions): Tensor {
  if (!(x instanceof Tensor)) return describeCall("variance", "x", x, [x, axes, options]);
  return spread("variance", varianceOp, x, VARIANCE.read(arguments.length, axes, options));
}

/**
 * Standard deviation, the root of `variance`, right also where the variance itself is outside the element type.
 * Shape:     any → reduced axes gone (1 with keepDims)
 * Gradient:  dx = g · (x − mean) / (y · (n − correction)), 0 where y = 0, as PyTorch
 * @param axes one axis or several, default all
 * @param options.correction the divisor is n − correction, default 1
 * @param options.keepDims keep reduced axes with extent 1, default false
 * @throws IndexError for an axis outside the shape, ArgumentError for an unknown option or a negative correction
 * @example tensor([1, 3]).std()   // 1.4142
 */
export function std(x: Tensor, axes?: Axes | WithAxes<VarianceOptions>, options?: VarianceOptions): Tensor {
  if (!(x instanceof Tensor)) return describeCall("std", "x", x, [x, axes, options]);
  return spread("std", stdOp, x, STD.read(arguments.length, axes, options));
}

const NORM_OPTIONS = {
  /** The order, > 0; Infinity gives the greatest magnitude. Default 2. */
  p: number({ default: 2, above: 0, infinite: true, aka: ["ord"] }),
  ...KEEP_DIMS,
};

/** Options of `norm`. */
export interface NormOptions extends OptionsOf<Declaration<typeof NORM_OPTIONS>> {}

const NORM = new AxesArguments<Axes, typeof NORM_OPTIONS>("norm", "axes", NORM_OPTIONS, 1, (p, axes) => `${axes}, { p: ${p} }`);

/**
 * Vector norm y = (Σ |x|ᵖ)^(1/p) over axes; p = ∞ is the greatest magnitude.
 * Shape:     any → reduced axes gone (1 with keepDims); the norm of nothing is 0
 * Gradient:  dx = g · sign(x) · (|x| / y)^(p−1), 0 where x = 0; p = ∞: g · sign(x) in equal parts to the greatest magnitudes
 * @param axes one axis or several, default all (torch.norm takes p first)
 * @param options.p order > 0, may be Infinity, default 2
 * @param options.keepDims keep reduced axes with extent 1, default false
 * @throws ArgumentError for p ≤ 0, IndexError for an axis outside the shape
 * @example tensor([3, -4]).norm()   // 5
 * @example tensor([[1, -2], [3, 4]]).norm(1, { p: 1 })   // [3, 7]
 */
export function norm(x: Tensor, axes?: Axes | WithAxes<NormOptions>, options?: NormOptions): Tensor {
  if (!(x instanceof Tensor)) return describeCall("norm", "x", x, [x, axes, options]);
  const told = NORM.read(arguments.length, axes, options);
  const { p } = told.options;
  return reduced("norm", floating(x), told, (view) => normOp(view, { p }));
}

/** The divisor of a view's sums. */
type Divisor = (view: { shape: readonly number[] }) => number;

function summation(name: string, divisorOf: Divisor): Unary {
  return defineOp({
    name,
    inputs: ["x"],
    shape: outputs,
    forward: ({ x, out }) => {
      const divisor = divisorOf(x);
      if (out.size === 1 && x.size >= CHUNKED_FROM) sumLong(x, out, divisor);
      else kernels.sum({ ...record(x, out), divisor, beta: 0 }, 0, out.size, out.dtype);
    },
    grad: {
      x: (g, { x }) => {
        const divisor = divisorOf(x);
        return (divisor === 1 ? g : g.div(divisor)).expand(x.shape);
      },
    },
  });
}

const sumOp: Unary = summation("sum", () => 1);
const meanOp: Unary = summation("mean", ({ shape }) => shape[1]);

function sumLong(x: Tensor, out: Tensor, divisor: number): void {
  const chunks = Math.ceil(x.size / CHUNK);
  const partials = allocateTemporary(8 * chunks);
  kernels.sumChunks({ x: x.at, out: partials, length: x.size }, 0, chunks, x.dtype);
  kernels.sumPartials({ x: partials, out: out.at, length: chunks, divisor, beta: 0 }, 0, 1, x.dtype);
  releaseTemporary(partials, 8 * chunks);
}

const prodOp: Unary = defineOp({
  name: "prod",
  inputs: ["x"],
  save: ["x"],
  shape: outputs,
  forward: ({ x, out }) => kernels.prod(record(x, out), 0, out.size, out.dtype),
  grad: { x: (g, { x }) => g.mul(productOfOthers(x)) },
});

/**
 * Π_{j≠i} xⱼ along axis 1, without division: the products before i times those behind i, by doubling
 * (Hillis and Steele, 1986), so that zeros are no exception.
 */
function productOfOthers(x: Tensor): Tensor {
  const n = x.shape[1];
  /** Every element `by` places on (back, if negative); ones enter. */
  const shifted = (t: Tensor, by: number): Tensor => {
    const gap = Math.min(Math.abs(by), n);
    const part = by > 0 ? t.slice([null, [0, n - gap]]) : t.slice([null, [gap, n]]);
    return part.pad([[0, 0], by > 0 ? [gap, 0] : [0, gap], [0, 0]], { value: 1 });
  };
  const exclusive = (direction: 1 | -1): Tensor => {
    let running = shifted(x, direction);
    for (let step = 1; step < n - 1; step *= 2) running = running.mul(shifted(running, direction * step));
    return running;
  };
  return exclusive(1).mul(exclusive(-1));
}

const logSumExpOp: Unary = defineOp({
  name: "logSumExp",
  inputs: ["x"],
  save: ["x", "out"],
  shape: outputs,
  forward: ({ x, out }) => kernels.logSumExp(record(x, out), 0, out.size, out.dtype),
  grad: { x: (g, { x, out }) => g.mul(x.sub(out).exp()) },
});

interface Correction {
  correction: number;
}

type Spread = (view: Tensor, attributes: Correction) => Tensor;

function spread(op: string, operation: Spread, x: Tensor, told: Told<Axes, SettingsOf<Declaration<typeof SPREAD>>>): Tensor {
  const { correction } = told.options;
  return reduced(op, floating(x), told, (view) => operation(view, { correction }));
}

function runVariance(x: Tensor, out: Tensor, { correction }: Correction, root: 0 | 1): void {
  kernels.variance({ ...record(x, out), mean: 0, correction, root }, 0, out.size, out.dtype);
}

/** (x − mean) / (n − correction) */
function deviation(x: Tensor, { correction }: Correction): Tensor {
  return x.sub(x.mean(1, { keepDims: true })).div(Math.max(0, x.shape[1] - correction));
}

const varianceOp: Spread = defineOp({
  name: "variance",
  inputs: ["x"],
  save: ["x"],
  shape: outputs,
  forward: ({ x, out }, attributes: Correction) => runVariance(x, out, attributes, 0),
  grad: { x: (g, { x }, attributes) => deviation(x, attributes).mul(g.mul(2)) },
});

const stdOp: Spread = defineOp({
  name: "std",
  inputs: ["x"],
  save: ["x", "out"],
  shape: outputs,
  forward: ({ x, out }, attributes: Correction) => runVariance(x, out, attributes, 1),
  grad: { x: (g, { x, out }, attributes) => deviation(x, attributes).mul(g.div(nonZero(out))) },
});

/** y with 1 for 0: a divisor where the numerator is 0 too. */
function nonZero(y: Tensor): Tensor {
  return y.eq(0).where(1, y);
}

const normOp: (x: Tensor, attributes: { p: number }) => Tensor = defineOp({
  name: "norm",
  inputs: ["x"],
  save: ["x", "out"],
  shape: outputs,
  forward: ({ x, out }, { p }: { p: number }) => kernels.norm({ ...record(x, out), p }, 0, out.size, out.dtype),
  grad: {
    x: (g, { x, out }, { p }) => {
      if (p === Infinity) return toExtremes(g, { x: x.abs(), out }).mul(x.sign());
      if (p === 1) return g.mul(x.sign());
      const ratio = x.div(nonZero(out));
      if (p === 2) return g.mul(ratio);
      // Below p = 1 the power of 0 is ∞, which sign(0) must not meet.
      const magnitude = p < 1 ? nonZero(ratio.abs()) : ratio.abs();
      return g.mul(x.sign()).mul(magnitude.pow(p - 1));
    },
  },
});
