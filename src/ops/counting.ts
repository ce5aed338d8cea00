import { ArgumentError, ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { allocateArray, type NumberArray } from "../memory/views.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count, flag, number } from "../options/kinds.js";
import { checkValue, option } from "../options/option.js";
import { checkTensor, checkTensorArity } from "../tensor/check.js";
import { tensor } from "../tensor/creation.js";
import { normalizeAxis, sizeOf } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { wholeNumbers } from "./indices.js";
import { checkOperandDType } from "./operands.js";
import { sort } from "./sort.js";

/** Counts of equal or neighbouring elements. They read the data: each ends a captured step. There are no gradients. */

const isPair = (value: unknown): boolean =>
  Array.isArray(value) && value.length === 2 && value.every(Number.isFinite) && value[0] <= value[1];

const HISTOGRAM = declare("histogram", {
  /** The ends of the outer bins, [least, greatest]. Default those of x. */
  range: option<readonly [number, number], { default: null }>("two finite numbers, the smaller one first", isPair, { default: null }),
  /** What each element counts: a tensor of x's shape. Default 1. */
  weight: option<Tensor, { default: null }>("a tensor", (value) => value instanceof Tensor, { default: null }),
  /** Whether counts are divided by their sum and the width of the bin, so that they integrate to 1. Default false. */
  density: flag({ default: false }),
});

/** Options of `histogram`. */
export interface HistogramOptions extends OptionsOf<typeof HISTOGRAM> {}

/** How many elements lie in each bin, and where the bins end. */
export interface Histogram {
  /** [bins] */
  hist: Tensor;
  /** [bins + 1] */
  binEdges: Tensor;
}

const BINS = count({ required: true });

/**
 * Counts elements by bins, as torch.histogram. A bin has its lower edge, the last one its upper edge too; elements outside and NaN are not
 * counted. It reads the data: it ends a captured step.
 * Shape:     any → hist [bins] and binEdges [bins + 1], of x's type
 * @param bins how many bins of one width; or their edges, a vector that increases
 * @param options.range ends of the outer bins, default the least and the greatest element
 * @param options.weight what each element counts, of x's shape, default 1
 * @param options.density whether counts are divided by their sum and the bin's width, default false
 * @throws DTypeError for integers, ShapeError, ArgumentError for an option, and where x has no finite range
 * @example const { hist, binEdges } = histogram(tensor([1, 2, 2, 4]), 3);   // [1, 2, 1] and [1, 2, 3, 4]
 */
export function histogram(x: Tensor, bins: number | Tensor, options?: HistogramOptions): Histogram {
  checkTensorArity("histogram", arguments.length, 3);
  checkTensor("histogram", "x", x);
  checkOperandDType("histogram", "x", x, ["float32", "float64"]);
  const { range, weight, density } = HISTOGRAM.readOptions(options);
  const values = x.detach().data;
  const edges = bins instanceof Tensor ? givenEdges(bins, x) : equalEdges(bins, range, values, x);
  const weights = weight === null ? null : weightsOf("histogram", weight, x);
  const n = edges.length - 1;
  const sums = new Float64Array(n);
  values.forEach((value, i) => {
    if (!(value >= edges[0] && value <= edges[n])) return;
    sums[Math.min(n, firstAbove(edges, value)) - 1] += weights === null ? 1 : weights[i];
  });
  const total = sums.reduce((sum, value) => sum + value, 0);
  const hist = density ? sums.map((sum, i) => sum / total / (edges[i + 1] - edges[i])) : sums;
  return { hist: made(hist, x), binEdges: made(edges, x) };
}

/** The place of the first edge above a value. */
function firstAbove(edges: ArrayLike<number>, value: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (edges[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

function givenEdges(bins: Tensor, x: Tensor): NumberArray {
  const edges = bins.detach().cast(x.dtype).data;
  if (bins.rank !== 1 || edges.length < 2 || edges.some((edge, i) => i > 0 && !(edge >= edges[i - 1]))) {
    throw new ArgumentError(message("histogram", `bins of shape ${shapeText(bins.shape)}; expected a vector of edges that increases`));
  }
  return edges;
}

function equalEdges(bins: number, range: readonly [number, number] | null, values: NumberArray, x: Tensor): NumberArray {
  checkValue("histogram", "bins", bins, BINS);
  let [least, most] = range ?? [Infinity, -Infinity];
  if (range === null) {
    for (const value of values) {
      if (!Number.isFinite(value)) {
        const mend = "Tell the range: { range: [0, 1] }.";
        throw new ArgumentError(message("histogram", `an element is ${value}; expected finite numbers where no range is given`, mend));
      }
      [least, most] = [Math.min(least, value), Math.max(most, value)];
    }
    if (values.length === 0) [least, most] = [0, 1];
  }
  // No width is none to divide by.
  if (least === most) [least, most] = [least - 0.5, most + 0.5];
  const edges = allocateArray(x.dtype, bins + 1);
  for (let i = 0; i <= bins; i++) edges[i] = i < bins ? least + ((most - least) * i) / bins : most;
  return edges;
}

function weightsOf(op: string, weight: Tensor, x: Tensor): NumberArray {
  if (weight.shape.length !== x.rank || weight.shape.some((extent, axis) => extent !== x.shape[axis])) {
    throw new ShapeError(message(op, `weight has shape ${shapeText(weight.shape)}; expected that of x, ${shapeText(x.shape)}`));
  }
  return weight.detach().data;
}

function made(values: ArrayLike<number>, x: Tensor): Tensor {
  const array = allocateArray(x.dtype, values.length);
  array.set(values);
  return tensor(array, { dtype: x.dtype });
}

const BINCOUNT = declare("bincount", {
  /** What each element counts: a vector of x's length. Default 1. */
  weights: option<Tensor, { default: null }>("a tensor", (value) => value instanceof Tensor, { default: null }),
  /** The least number of counts: those that no element has are 0. Default 0. */
  minLength: number({ default: 0, min: 0, whole: true, aka: ["minlength"] }),
});

/** Options of `bincount`. */
export interface BincountOptions extends OptionsOf<typeof BINCOUNT> {}

/**
 * How often each whole number from 0 on occurs, as torch.bincount. How many counts there are depends on the data: it ends a captured step.
 * Shape:     [n] → [greatest + 1, or minLength]; int32, with weights float32 or float64 (PyTorch: int64, float32 or float64)
 * @param x int32, uint8 or whole floats ≥ 0
 * @param options.weights what each element counts, of x's length, default 1
 * @param options.minLength the least number of counts, default 0
 * @throws ShapeError unless x is a vector, ArgumentError for a negative number, DTypeError for fractions
 * @example bincount(tensor([0, 1, 1, 3], { dtype: "int32" }))   // [1, 2, 0, 1]
 */
export function bincount(x: Tensor, options?: BincountOptions): Tensor {
  checkTensorArity("bincount", arguments.length, 2);
  checkTensor("bincount", "x", x);
  const { weights, minLength } = BINCOUNT.readOptions(options);
  if (x.rank !== 1) throw new ShapeError(message("bincount", `x has shape ${shapeText(x.shape)}; expected a vector`));
  const values = wholeNumbers("bincount", "elements", x.detach()).data;
  let length = minLength;
  for (const value of values) {
    if (value < 0) throw new ArgumentError(message("bincount", `an element is ${value}; expected whole numbers ≥ 0`));
    length = Math.max(length, value + 1);
  }
  const each = weights === null ? null : weightsOf("bincount", weights, x);
  const counts = new Float64Array(length);
  values.forEach((value, i) => {
    counts[value] += each === null ? 1 : each[i];
  });
  if (each === null) return tensor(Int32Array.from(counts), { dtype: "int32" });
  return weights?.dtype === "float32" ? tensor(Float32Array.from(counts)) : tensor(counts, { dtype: "float64" });
}

/** Different elements, where each element of x is among them, and how often each occurs. */
export interface Unique {
  /** In increasing order. */
  values: Tensor;
  /** int32, of x's shape, or [n] along an axis. */
  inverse: Tensor;
  /** int32 */
  counts: Tensor;
}

/**
 * The different elements in increasing order, as torch.unique; each NaN is one of its own, and stands last. How many there are depends on
 * the data: it ends a captured step.
 * Shape:     any → values [k], inverse of x's shape, counts [k]; along an axis values [..., k, ...], inverse [n], counts [k]
 * @param axis compares the parts of an axis, such as rows, element by element; default: single elements
 * @throws IndexError for an axis outside the shape
 * @example const { values, inverse, counts } = unique(tensor([3, 1, 3]));   // [1, 3], [1, 0, 1] and [1, 2]
 */
export function unique(x: Tensor, axis?: number): Unique {
  checkTensorArity("unique", arguments.length, 2);
  checkTensor("unique", "x", x);
  const whole = x.detach();
  if (axis === undefined) {
    const flat = whole.reshape([-1]);
    const { first, inverse, counts } = distinct(flat.data, 1, sort(flat).indices.data);
    return { values: flat.indexSelect(0, tensor(first)), inverse: tensor(inverse, { shape: x.shape }), counts: tensor(counts) };
  }
  const at = normalizeAxis("unique", axis, x.shape);
  const parts = whole.transpose(0, at);
  const [rows, size] = [parts.data, sizeOf(parts.shape.slice(1))];
  const { first, inverse, counts } = distinct(rows, size, inOrder(rows, size, x.shape[at]));
  return { values: whole.indexSelect(at, tensor(first)), inverse: tensor(inverse), counts: tensor(counts) };
}

/** The places of n rows of `size` elements in increasing order, where NaN is greater than all else. */
function inOrder(values: NumberArray, size: number, n: number): Int32Array {
  const compare = (a: number, b: number): number => {
    for (let k = 0; k < size; k++) {
      const [p, q] = [values[a * size + k], values[b * size + k]];
      if (p < q || (Number.isNaN(q) && !Number.isNaN(p))) return -1;
      if (q < p || (Number.isNaN(p) && !Number.isNaN(q))) return 1;
    }
    return a - b;
  };
  return Int32Array.from({ length: n }, (_, i) => i).sort(compare);
}

/** The different rows of `size` elements, which are told in order: the first of each, whose place every row has, and how many there are. */
function distinct(values: NumberArray, size: number, order: NumberArray) {
  const isSame = (a: number, b: number): boolean => {
    for (let k = 0; k < size; k++) if (values[a * size + k] !== values[b * size + k]) return false;
    return true;
  };
  const [first, counts]: [number[], number[]] = [[], []];
  const inverse = new Int32Array(order.length);
  order.forEach((row, i) => {
    if (i > 0 && isSame(order[i - 1], row)) counts[counts.length - 1]++;
    else {
      first.push(row);
      counts.push(1);
    }
    inverse[row] = first.length - 1;
  });
  return { first: Int32Array.from(first), inverse, counts: Int32Array.from(counts) };
}
