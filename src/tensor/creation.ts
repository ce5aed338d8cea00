import { ArgumentError, DTypeError, ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import type { DType, NumberArray } from "../memory/views.js";
import { checkArity } from "../options/arity.js";
import { readBehind } from "../options/behind.js";
import { type Declaration, declare, type OptionsOf, type SettingsOf } from "../options/declare.js";
import { flag, number } from "../options/kinds.js";
import { checkValue, option } from "../options/option.js";
import { dtypeOption, isFloating } from "./dtype.js";
import { elementOf, writeElements } from "./elements.js";
import { flatten, type TensorLike } from "./nested.js";
import { checkShape, checkSize, type Shape, sizeOf } from "./shape.js";
import { dataStorage, hostArray } from "./storage.js";
import { Tensor } from "./tensor.js";

/** What all that makes tensors takes. */
export const TENSOR_OPTIONS = {
  /** Element type. Default float32; for `tensor` of booleans bool, and of typed arrays or a tensor the element type of those. */
  dtype: dtypeOption({}),
  /** Whether backward() computes a gradient for this tensor. Floating types only. Default false. */
  requiresGrad: flag({ default: false, aka: ["requires_grad"] }),
};

/** Options of what makes tensors: `zeros`, `arange`, … */
export interface TensorOptions extends OptionsOf<Declaration<typeof TENSOR_OPTIONS>> {}

/** The options of a call, with their defaults. */
export type TensorSettings = SettingsOf<Declaration<typeof TENSOR_OPTIONS>>;

const TENSOR = declare("tensor", {
  /** Extents for the elements in row-major order. Default: as nested. */
  shape: option<Shape, object>("an array of whole numbers ≥ 0", () => true, {}),
  ...TENSOR_OPTIONS,
});
const ZEROS = declare("zeros", TENSOR_OPTIONS);
const ONES = declare("ones", TENSOR_OPTIONS);
const FULL = declare("full", TENSOR_OPTIONS);

/**
 * A tensor with copies of the given elements. Unlike in PyTorch, whole JS numbers become float32 too: pass `dtype: "int32"` for
 * indices. Integer types cut fractions towards 0 and refuse NaN and numbers outside their range. As bool, 0 is false and every other
 * number true.
 *
 * @param values number, boolean, nested arrays, typed array (8- and 16-bit signed, and Uint16: int32) or tensor. Typed arrays that are
 *   rows keep their type, and stand beside rows of the same type; plain rows count as float32, of booleans as bool
 * @param options.shape the shape, if it differs from that of the nested arrays; elements are in row-major order
 * @throws ShapeError for ragged arrays or a shape of another size
 * @throws DTypeError for typed arrays of BigInt or Uint32, rows of several types without dtype, a number outside the integer type, and
 *   for requiresGrad on integers
 * @throws ArgumentError for an element that is neither a number nor a boolean, and for unknown options
 * @example
 * tensor([[1, 2], [3, 4]]).shape;                            // [2, 2]
 * tensor(new Float32Array(6), { shape: [2, 3] });            // [[0, 0, 0], [0, 0, 0]]
 * tensor([0, 2, 1], { dtype: "int32" });                     // [0, 2, 1]
 */
export function tensor(values: TensorLike, options?: TensorOptions & { shape?: Shape }): Tensor {
  checkArity("tensor", arguments.length, 2);
  const { shape: given, dtype: wanted, requiresGrad } = TENSOR.readOptions(options);
  const { elements, shape: nested, dtype: natural } = flatten(values, wanted);
  const shape = given === undefined ? nested : checkShape("tensor", given);
  if (sizeOf(shape) !== elements.length) {
    const mend = elements.length === 1 ? "To repeat one value use full(shape, value)." : undefined;
    throw new ShapeError(
      message("tensor", `the number of values is ${elements.length}; shape ${shapeText(shape)} holds ${sizeOf(shape)}`, mend),
    );
  }
  return make("tensor", shape, { requiresGrad, dtype: wanted ?? natural }, (array, dtype) => {
    if (dtype === natural) array.set(elements as ArrayLike<number>);
    else writeElements("tensor", dtype, array, elements);
  });
}

/**
 * A tensor of zeros.
 * @param shape extents
 * @throws ShapeError, DTypeError, ArgumentError
 * @example zeros([2, 3])   // [[0, 0, 0], [0, 0, 0]]
 */
export function zeros(shape: Shape, options?: TensorOptions): Tensor {
  checkShape("zeros", shape);
  checkArity("zeros", arguments.length, 2);
  return make("zeros", shape, ZEROS.readOptions(options), () => {});
}

/**
 * A tensor of ones.
 * @param shape extents
 * @throws ShapeError, DTypeError, ArgumentError
 * @example ones([2], { dtype: "int32" })   // [1, 1]
 */
export function ones(shape: Shape, options?: TensorOptions): Tensor {
  checkShape("ones", shape);
  checkArity("ones", arguments.length, 2);
  return make("ones", shape, ONES.readOptions(options), (array) => array.fill(1));
}

const ELEMENT = number({ required: true, nan: true });

/**
 * A tensor whose elements all have one value. Unlike in PyTorch, a whole number gives float32 too.
 * @param shape extents
 * @param value the value of every element; integer types cut its fraction
 * @throws ArgumentError if the value is not a number, DTypeError if it is outside the integer type, ShapeError
 * @example full([3], 0.5)   // [0.5, 0.5, 0.5]
 */
export function full(shape: Shape, value: number, options?: TensorOptions): Tensor {
  checkShape("full", shape);
  checkArity("full", arguments.length, 3);
  checkValue("full", "the value", value, ELEMENT);
  return make("full", shape, FULL.readOptions(options), (array, dtype) => array.fill(elementOf("full", dtype, value)));
}

const ARANGE = declare("arange", TENSOR_OPTIONS, {
  start: number({ required: true }),
  stop: number({}),
  step: number({ default: 1 }),
});

/**
 * The numbers start, start + step, … up to stop, which is not included. `arange(n)` counts from 0. Element i is start + i · step,
 * rounded once. Unlike in PyTorch, whole numbers give float32 too. With a fractional step the last element may equal stop by rounding,
 * as in NumPy; `linspace` has exact ends.
 * @param step default 1; a negative step counts down
 * @param options behind any number of them
 * @throws ArgumentError for a step of 0 or numbers that are not finite, DTypeError for bool and for numbers outside an integer type
 * @example
 * arange(4);                                    // [0, 1, 2, 3]
 * arange(1, 2, 0.25);                           // [1, 1.25, 1.5, 1.75]
 * arange(3, 0, -1, { dtype: "int32" });         // [3, 2, 1]
 * arange(3, { dtype: "int32" });                // [0, 1, 2]
 */
export function arange(start: number, stop?: number | TensorOptions, step?: number | TensorOptions, options?: TensorOptions): Tensor;
export function arange(): Tensor {
  const { start, stop, step, ...settings } = readBehind(ARANGE, arguments);
  if (step === 0) throw new ArgumentError(message("arange", "step is 0; expected another number"));
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  const n = Math.max(0, Math.ceil((to - from) / step));
  checkSize("arange", `from ${from} to ${to} in steps of ${step} there are`, n);
  return make("arange", [n], settings, (array, dtype) => {
    checkEnds("arange", dtype, n, from, from + (n - 1) * step);
    for (let i = 0; i < n; i++) array[i] = from + i * step;
  });
}

const LINSPACE = declare("linspace", TENSOR_OPTIONS, {
  start: number({ required: true }),
  stop: number({ required: true }),
  count: number({ required: true, min: 0, whole: true }),
});

/**
 * Evenly spaced numbers from start to stop, both included and exact.
 * @param count how many, a whole number ≥ 0
 * @throws ArgumentError for numbers that are not finite and a count that is not whole, DTypeError for bool and for numbers outside
 * an integer type
 * @example linspace(0, 1, 5)   // [0, 0.25, 0.5, 0.75, 1]
 */
export function linspace(start: number, stop: number, count: number, options?: TensorOptions): Tensor;
export function linspace(): Tensor {
  const { start, stop, count, ...settings } = LINSPACE.read(arguments);
  return make("linspace", [count], settings, (array, dtype) => {
    checkEnds("linspace", dtype, count, start, count > 1 ? stop : start);
    const step = count > 1 ? (stop - start) / (count - 1) : 0;
    // Each half counts from its own end, so that both ends are exact.
    for (let i = 0; i < count; i++) array[i] = 2 * i < count ? start + i * step : stop - (count - 1 - i) * step;
  });
}

const EYE = declare("eye", TENSOR_OPTIONS, {
  rows: number({ required: true, min: 0, whole: true }),
  columns: number({ min: 0, whole: true }),
});

/**
 * A matrix with ones on the diagonal and zeros elsewhere.
 * @param rows number of rows, ≥ 0
 * @param columns number of columns, ≥ 0; default: rows
 * @param options behind one extent or both
 * @throws ArgumentError, DTypeError
 * @example eye(2)   // [[1, 0], [0, 1]]
 * @example eye(2, { dtype: "int32" }).dtype   // int32
 */
export function eye(rows: number, columns?: number | TensorOptions, options?: TensorOptions): Tensor;
export function eye(): Tensor {
  const { rows, columns = rows, ...settings } = readBehind(EYE, arguments);
  return make("eye", [rows, columns], settings, (array) => {
    for (let i = 0; i < Math.min(rows, columns); i++) array[i * columns + i] = 1;
  });
}

/** @internal makes a tensor after the usual checks of shape and options; `fill` writes the elements over zeros */
export function make(op: string, shape: Shape, settings: TensorSettings, fill: (array: NumberArray, dtype: DType) => void): Tensor {
  checkShape(op, shape);
  const { dtype = "float32", requiresGrad } = settings;
  if (requiresGrad && !isFloating(dtype)) {
    throw new DTypeError(message(op, `requiresGrad on a tensor of ${dtype}; only float32 and float64 have gradients`));
  }
  const array = hostArray(op, dtype, sizeOf(shape));
  fill(array, dtype);
  const made = new Tensor(dataStorage(dtype, array, op), Object.freeze([...shape]));
  made.requiresGrad = requiresGrad;
  return made;
}

/** @throws DTypeError for bool, and unless the type holds the first and the last of n numbers, between which the others lie */
function checkEnds(op: string, dtype: DType, n: number, first: number, last: number): void {
  if (dtype === "bool") throw new DTypeError(message(op, "dtype is bool; expected a type of numbers"));
  if (n > 0) for (const end of [first, last]) elementOf(op, dtype, end);
}
