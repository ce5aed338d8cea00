// biome-ignore-all lint/suspicious/noShadowRestrictedNames: isNaN and isFinite are of tensors what the global ones are of numbers
import { type Declaration, declare, type OptionsOf } from "../options/declare.js";
import { flag, number } from "../options/kinds.js";
import { checkTensor, checkTensorArity, describeCall } from "../tensor/check.js";
import { isFloating } from "../tensor/dtype.js";
import { normalizeAxes } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { type Axes, AxesArguments, type WithAxes } from "./axes.js";
import { eq, le, lt, ne, where } from "./compare.js";
import { KEEP_DIMS, type ReductionOptions } from "./fold.js";

/** Truth values: bool tensors, 1 byte an element. Every number but 0 counts as true, NaN too. There are no gradients. */

const ANY = new AxesArguments<Axes, typeof KEEP_DIMS>("any", "axes", KEEP_DIMS);
const ALL = new AxesArguments<Axes, typeof KEEP_DIMS>("all", "axes", KEEP_DIMS);

/**
 * Whether an element along axes is true; of nothing false. Always bool, where torch.any gives uint8 for uint8.
 * Shape:     any → reduced axes gone (1 with keepDims)
 * @param axes one axis or several, default all
 * @param options.keepDims keep reduced axes with extent 1, default false
 * @throws IndexError for an axis outside the shape, ArgumentError for an option
 * @example any(tensor([[0, 2], [0, 0]]), 1)   // [1, 0]
 */
export function any(x: Tensor, axes?: Axes | WithAxes<ReductionOptions>, options?: ReductionOptions): Tensor {
  const told = ANY.read(arguments.length, axes, options);
  if (!(x instanceof Tensor)) return describeCall("any", "x", x, [x, axes, options]);
  return ne(count(ne(x, 0), normalizeAxes("any", told.axes, x.shape), told.options), 0);
}

/**
 * Whether all elements along axes are true; of nothing true. Always bool, where torch.all gives uint8 for uint8.
 * Shape:     any → reduced axes gone (1 with keepDims)
 * @param axes one axis or several, default all
 * @param options.keepDims keep reduced axes with extent 1, default false
 * @throws IndexError for an axis outside the shape, ArgumentError for an option
 * @example all(tensor([[1, 2], [0, 3]]), 1)   // [1, 0]
 */
export function all(x: Tensor, axes?: Axes | WithAxes<ReductionOptions>, options?: ReductionOptions): Tensor {
  const told = ALL.read(arguments.length, axes, options);
  if (!(x instanceof Tensor)) return describeCall("all", "x", x, [x, axes, options]);
  return eq(count(eq(x, 0), normalizeAxes("all", told.axes, x.shape), told.options), 0);
}

/** How often a mask is true. Sums of floats have a kernel; they may be rounded, but never to 0. */
function count(mask: Tensor, axes: readonly number[], options: ReductionOptions): Tensor {
  return mask.cast("float32").sum(axes, options);
}

/** Whether an element is NaN. Shape: any → bool of the same. @example isNaN(tensor([1, NaN]))   // [0, 1] */
export function isNaN(x: Tensor): Tensor {
  checkTensorArity("isNaN", arguments.length, 1);
  if (!(x instanceof Tensor)) return describeCall("isNaN", "x", x, [x]);
  return ne(x, x);
}

/** Whether an element is ∞ or −∞. Shape: any → bool of the same. @example isInf(tensor([1, -Infinity, NaN]))   // [0, 1, 0] */
export function isInf(x: Tensor): Tensor {
  checkTensorArity("isInf", arguments.length, 1);
  if (!(x instanceof Tensor)) return describeCall("isInf", "x", x, [x]);
  return isFloating(x.dtype) ? eq(x.abs(), Infinity) : ne(x, x);
}

/** Whether an element is neither NaN nor infinite. Shape: any → bool of the same. @example isFinite(tensor([1, Infinity, NaN]))   // [1, 0, 0] */
export function isFinite(x: Tensor): Tensor {
  checkTensorArity("isFinite", arguments.length, 1);
  if (!(x instanceof Tensor)) return describeCall("isFinite", "x", x, [x]);
  return isFloating(x.dtype) ? lt(x.abs(), Infinity) : eq(x, x);
}

/**
 * Whether both are true.
 * Shape:     a, b that broadcast → bool
 * @throws ShapeError, ArgumentError unless both are tensors
 * @example logicalAnd(tensor([true, true]), tensor([true, false]))   // [1, 0]
 */
export function logicalAnd(a: Tensor, b: Tensor): Tensor {
  checkTensorArity("logicalAnd", arguments.length, 2);
  return truths("logicalAnd", a, b, (p, q) => p.mul(q));
}

/**
 * Whether one is true, or both.
 * Shape:     a, b that broadcast → bool
 * @throws ShapeError, ArgumentError unless both are tensors
 * @example logicalOr(tensor([true, false]), tensor([false, false]))   // [1, 0]
 */
export function logicalOr(a: Tensor, b: Tensor): Tensor {
  checkTensorArity("logicalOr", arguments.length, 2);
  return truths("logicalOr", a, b, (p, q) => p.add(q));
}

/**
 * Whether one is true and the other not.
 * Shape:     a, b that broadcast → bool
 * @throws ShapeError, ArgumentError unless both are tensors
 * @example logicalXor(tensor([true, true]), tensor([true, false]))   // [0, 1]
 */
export function logicalXor(a: Tensor, b: Tensor): Tensor {
  checkTensorArity("logicalXor", arguments.length, 2);
  return truths("logicalXor", a, b, ne);
}

/** Whether an element is 0, or false. Shape: any → bool of the same. @example logicalNot(tensor([true, false]))   // [0, 1] */
export function logicalNot(x: Tensor): Tensor {
  checkTensorArity("logicalNot", arguments.length, 1);
  if (!(x instanceof Tensor)) return describeCall("logicalNot", "x", x, [x]);
  return eq(x, 0);
}

function truths(op: string, a: Tensor, b: Tensor, of: (a: Tensor, b: Tensor) => Tensor): Tensor {
  if (!(a instanceof Tensor)) return describeCall(op, "a", a, [a, b]);
  if (!(b instanceof Tensor)) return describeCall(op, "b", b, [a, b]);
  return of(a.cast("bool"), b.cast("bool"));
}

const CLOSE = {
  /** How much of |b| a may differ by. ≥ 0, default 1e-5. */
  rtol: number({ default: 1e-5, min: 0 }),
  /** How much a may differ by beside. ≥ 0, default 1e-8. */
  atol: number({ default: 1e-8, min: 0 }),
  /** Whether NaN is close to NaN. Default false. */
  equalNan: flag({ default: false }),
};

const IS_CLOSE = declare("isClose", CLOSE);
const ALL_CLOSE = declare("allClose", CLOSE);

/** Options of `isClose` and `allClose`. */
export interface CloseOptions extends OptionsOf<Declaration<typeof CLOSE>> {}

/**
 * Whether elements are nearly equal: |a − b| ≤ atol + rtol · |b|. Equal infinities are.
 * Shape:     a, b that broadcast → bool
 * @param options.rtol share of |b|, default 1e-5
 * @param options.atol default 1e-8
 * @param options.equalNan whether NaN is close to NaN, default false
 * @throws ShapeError, ArgumentError
 * @example isClose(tensor([1, 2]), tensor([1 + 1e-7, 2.1]))   // [1, 0]
 */
export function isClose(a: Tensor, b: Tensor, options?: CloseOptions): Tensor {
  checkTensorArity("isClose", arguments.length, 3);
  if (!(a instanceof Tensor)) return describeCall("isClose", "a", a, [a, b, options]);
  if (!(b instanceof Tensor)) return describeCall("isClose", "b", b, [a, b, options]);
  return closeness(a, b, IS_CLOSE.readOptions(options));
}

/**
 * Whether all elements are nearly equal: |a − b| ≤ atol + rtol · |b|. A boolean: reading it ends a captured step.
 * Shape:     a, b that broadcast → true or false
 * @param options.rtol share of |b|, default 1e-5
 * @param options.atol default 1e-8
 * @param options.equalNan whether NaN is close to NaN, default false
 * @throws ShapeError, ArgumentError
 * @example allClose(tensor([1, 2]), tensor([1, 2 + 1e-7]))   // true
 */
export function allClose(a: Tensor, b: Tensor, options?: CloseOptions): boolean {
  checkTensorArity("allClose", arguments.length, 3);
  checkTensor("allClose", "a", a);
  checkTensor("allClose", "b", b);
  return all(closeness(a.detach(), b.detach(), ALL_CLOSE.readOptions(options))).item() === 1;
}

function closeness(a: Tensor, b: Tensor, { rtol, atol, equalNan }: Required<CloseOptions>): Tensor {
  // Differences of integers might lie outside their type.
  const [x, y] = [a, b].map((each) => (isFloating(each.dtype) ? each : each.cast("float64")));
  const distance = where(eq(x, y), 0, x.sub(y).abs());
  // An infinite b would allow any distance.
  const near = logicalAnd(le(distance, y.abs().mul(rtol).add(atol)), lt(distance, Infinity));
  return equalNan ? logicalOr(near, logicalAnd(isNaN(x), isNaN(y))) : near;
}
