import { ShapeError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import type { Declaration, OptionsOf } from "../options/declare.js";
import { choice, number } from "../options/kinds.js";
import { checkValue } from "../options/option.js";
import { describeCall } from "../tensor/check.js";
import { isFloating } from "../tensor/dtype.js";
import { normalizeAxis } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { AxesArguments, type WithAxis } from "./axes.js";
import { lerp } from "./combine.js";
import { where } from "./compare.js";
import { KEEP_DIMS, type ReductionOptions } from "./fold.js";
import { stack } from "./joining.js";
import { checkOperandDType } from "./operands.js";
import { type Ordered, sort } from "./sort.js";

/** What the elements in order tell: medians and quantiles. */

const MEDIAN = new AxesArguments<number, typeof KEEP_DIMS>("median", "axis", KEEP_DIMS);

/**
 * The median: the middle element in order; of two middle ones the lower, as in PyTorch. NaN if one is there, and of no elements at
 * all.
 * Shape:     any → []; with an axis values and indices with the axis gone (1 with keepDims)
 * Gradient:  dx = g at the element taken, 0 elsewhere (PyTorch, without an axis: in equal parts where several are equal)
 * @param axis default: of all elements, without the index
 * @param options.keepDims keep the axis with extent 1, default false
 * @throws ShapeError for an extent of 0, IndexError for an axis outside the shape, ArgumentError for an option
 * @example median(tensor([3, 1, 4, 2]))   // 2
 * @example const { values, indices } = median(tensor([[3, 1, 2]]), 1)   // [2] and [2]
 */
export function median(x: Tensor): Tensor;
export function median(x: Tensor, axis: number | (WithAxis<ReductionOptions> & { axis: number }), options?: ReductionOptions): Ordered;
export function median(x: Tensor, axis?: number | WithAxis<ReductionOptions>, options?: ReductionOptions): Tensor | Ordered {
  const { axes, options: settings } = MEDIAN.read(arguments.length, axis, options);
  if (!(x instanceof Tensor)) return describeCall<Tensor>("median", "x", x, [x, axis, options]);
  if (axes === undefined && x.size === 0 && isFloating(x.dtype)) return x.sum().add(Number.NaN);
  if (axes === undefined) return middle(x.reshape([-1]), 0, x).values.reshape([]);
  const at = normalizeAxis("median", axes, x.shape);
  const { values, indices } = middle(x, at, x);
  return settings.keepDims ? { values, indices } : { values: values.squeeze(at), indices: indices.squeeze(at) };
}

/** The median along an axis, which keeps the extent 1. @param whole the tensor that an error tells of */
function middle(x: Tensor, axis: number, whole: Tensor): Ordered {
  const n = x.shape[axis];
  if (n === 0) {
    throw new ShapeError(message("median", `there is no middle of shape ${shapeText(whole.shape)}; expected an extent of 1 or more`));
  }
  const order = sort(x, axis).indices;
  // NaN stands last: the first of them is the median.
  const broken = x.ne(x).cast("float32").sum(axis, { keepDims: true });
  const place = where(broken.eq(0), Math.floor((n - 1) / 2), broken.mul(-1).add(n)).cast("int32");
  const indices = order.gather(axis, place);
  return { values: x.gather(axis, indices), indices };
}

const QUANTILE_OPTIONS = {
  /** What stands between two elements: "linear", "lower", "higher", "nearest" (of halves the even one) or "midpoint". Default "linear". */
  interpolation: choice(["linear", "lower", "higher", "nearest", "midpoint"], { default: "linear" }),
  ...KEEP_DIMS,
};

/** Options of `quantile`. */
export interface QuantileOptions extends OptionsOf<Declaration<typeof QUANTILE_OPTIONS>> {}

type Interpolation = NonNullable<QuantileOptions["interpolation"]>;

const QUANTILE = new AxesArguments<number, typeof QUANTILE_OPTIONS>("quantile", "axis", QUANTILE_OPTIONS, 2);
const SHARE = number({ required: true, min: 0, max: 1 });

/**
 * Quantiles: the value below which a share q of the elements lies, at the place q · (n − 1) in their order. NaN if one is there.
 * Shape:     any → the axis gone (1 with keepDims); with several q [number of q, ...]
 * Gradient:  dx: g to the elements taken, by their shares
 * @param q from 0 to 1: a number, a list, or a vector, which is read: that ends a captured step
 * @param axis default: of all elements
 * @param options.interpolation between two elements "linear", "lower", "higher", "nearest" or "midpoint", default "linear"
 * @param options.keepDims keep the axis with extent 1 (all axes if none is named), default false
 * @throws ArgumentError for a q outside 0 … 1 and for an option, DTypeError for integers, ShapeError for an extent of 0, IndexError
 * @example quantile(tensor([1, 2, 3, 4]), 0.5)   // 2.5
 * @example quantile(tensor([1, 2, 3, 4]), [0, 0.25], { interpolation: "higher" })   // [1, 2]
 */
export function quantile(
  x: Tensor,
  q: number | readonly number[] | Tensor,
  axis?: number | WithAxis<QuantileOptions>,
  options?: QuantileOptions,
): Tensor {
  const { axes, options: settings } = QUANTILE.read(arguments.length, axis, options);
  if (!(x instanceof Tensor)) return describeCall("quantile", "x", x, [x, q, axis, options]);
  checkOperandDType("quantile", "x", x, ["float32", "float64"]);
  const shares = sharesOf(q);
  const view = axes === undefined ? x.reshape([-1]) : x;
  const at = normalizeAxis("quantile", axes ?? 0, view.shape);
  if (view.shape[at] === 0) {
    throw new ShapeError(message("quantile", `there is nothing to order in shape ${shapeText(x.shape)}; expected an extent of 1 or more`));
  }
  const { values } = sort(view, at);
  const results = shares.map((share) => interpolated(values, at, share, settings.interpolation));
  const kept = x.shape.map((extent, i) => (axes === undefined || i === at ? 1 : extent));
  const shaped = settings.keepDims ? results.map((result) => result.reshape(kept)) : results;
  const single = typeof q === "number" || (q instanceof Tensor && q.rank === 0);
  return single ? shaped[0] : stack(shaped);
}

function sharesOf(q: number | readonly number[] | Tensor): readonly number[] {
  const list = q instanceof Tensor ? [...q.detach().data] : Array.isArray(q) ? q : [q];
  if (list.length === 0 || (q instanceof Tensor && q.rank > 1)) {
    throw new ShapeError(
      message("quantile", `q is ${q instanceof Tensor ? shapeText(q.shape) : kindText(q)}; expected numbers from 0 to 1`),
    );
  }
  for (const share of list) checkValue("quantile", "q", share, SHARE);
  return list as readonly number[];
}

/** The quantile of sorted elements. */
function interpolated(sorted: Tensor, axis: number, share: number, interpolation: Interpolation): Tensor {
  const n = sorted.shape[axis];
  const take = (i: number): Tensor => sorted.slice(sorted.shape.map((_, at) => (at === axis ? i : null)));
  // The place is rounded as the elements are, as in PyTorch: else 0.55 of 101 float32 would lie above element 55.
  const round = sorted.dtype === "float32" ? Math.fround : (value: number) => value;
  const place = round(round(share) * (n - 1));
  const last = take(n - 1);
  const result = between(take, place, interpolation);
  return where(last.ne(last), last, result);
}

function between(take: (i: number) => Tensor, place: number, interpolation: Interpolation): Tensor {
  const [low, high] = [Math.floor(place), Math.ceil(place)];
  if (low === high || interpolation === "lower") return take(low);
  if (interpolation === "higher") return take(high);
  if (interpolation === "midpoint") return lerp(take(low), take(high), 0.5);
  const weight = place - low;
  if (interpolation === "linear") return lerp(take(low), take(high), weight);
  return take(weight < 0.5 || (weight === 0.5 && low % 2 === 0) ? low : high);
}
