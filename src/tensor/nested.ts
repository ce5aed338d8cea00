import { ArgumentError, DTypeError, ShapeError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import type { DType } from "../memory/views.js";
import { tagOf } from "../options/builtin.js";
import { promote } from "./dtype.js";
import { checkShape, MAX_RANK, type Shape } from "./shape.js";
import { Tensor } from "./tensor.js";

/** A number, a boolean, or nested arrays of them. All arrays at one depth have the same length. Typed arrays may be rows. */
export type NestedValues = number | boolean | readonly NestedValues[] | ArrayBufferView;

/** The values that a tensor can be made from. */
export type TensorLike = NestedValues | Tensor;

interface Flat {
  elements: ArrayLike<number | boolean>;
  shape: Shape;
  /** The element type where the call names none. */
  dtype: DType;
}

/**
 * The elements of nested arrays in row-major order, their shape and their own element type.
 * @param wanted the type that the elements will be converted to; undefined: their own
 * @throws ShapeError for ragged arrays, DTypeError for an array that has no element type and for rows that differ in theirs,
 * ArgumentError for what is no number
 */
export function flatten(values: TensorLike, wanted: DType | undefined): Flat {
  if (typeof values === "number") return { elements: [values], shape: [], dtype: "float32" };
  if (typeof values === "boolean") return { elements: [values], shape: [], dtype: "bool" };
  if (values instanceof Tensor) return { elements: values.storage.readable(), shape: values.shape, dtype: values.dtype };
  if (Array.isArray(values)) return flattenArrays(values, wanted);
  if (ArrayBuffer.isView(values)) {
    const dtype = typeOfArray(values);
    const elements = values as unknown as ArrayLike<number>;
    return { elements, shape: [elements.length], dtype };
  }
  throw new ArgumentError(
    message("tensor", `cannot make a tensor of ${kindText(values)}; expected a number, nested arrays, a typed array or a tensor`),
  );
}

/** The element types of typed arrays, by their names: arrays of another realm have the same. */
const TYPES: Readonly<Record<string, DType>> = {
  Float32Array: "float32",
  Float64Array: "float64",
  Uint8Array: "uint8",
  Uint8ClampedArray: "uint8",
  Int32Array: "int32",
  Int8Array: "int32",
  Int16Array: "int32",
  Uint16Array: "int32",
};

function typeOfArray(view: ArrayBufferView): DType {
  const name = tagOf(view);
  if (Object.hasOwn(TYPES, name)) return TYPES[name];
  throw new DTypeError(
    message("tensor", `${name} has no element type here`, "Convert it to a Float32Array, Float64Array, Int32Array or Uint8Array."),
  );
}

function flattenArrays(values: readonly NestedValues[], wanted: DType | undefined): Flat {
  const shape: number[] = [];
  // An array that contains itself is endlessly deep: the loop stops at one axis too many.
  for (let level: unknown = values; isList(level) && shape.length <= MAX_RANK; level = level[0]) shape.push(level.length);
  checkShape("tensor", shape);
  const elements: (number | boolean)[] = [];
  const types = new Set<DType>();
  let [numbers, booleans] = [false, false];
  const visit = (value: unknown, axis: number, path: string): void => {
    if (axis === shape.length) {
      if (typeof value === "number") numbers = true;
      else if (typeof value === "boolean") booleans = true;
      else throw misfit(path, value, "a number");
      elements.push(value);
      return;
    }
    if (!isList(value) || value.length !== shape[axis]) throw misfit(path, value, `an array of length ${shape[axis]}`);
    if (ArrayBuffer.isView(value)) {
      types.add(typeOfArray(value));
      for (let i = 0; i < value.length; i++) elements.push(value[i] as number);
    } else for (let i = 0; i < value.length; i++) visit(value[i], axis + 1, `${path}[${i}]`);
  };
  visit(values, 0, "values");
  // Booleans among numbers are 0 and 1.
  if (numbers) types.add("float32");
  else if (booleans) types.add("bool");
  if (types.size > 1 && wanted === undefined) throw mixed(types);
  return { elements, shape, dtype: types.size === 0 ? "float32" : [...types].reduce(promote) };
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && tagOf(value) !== "DataView");
}

/** The error for rows of several element types: whichever were taken, some numbers could change. */
function mixed(types: ReadonlySet<DType>): DTypeError {
  const found = `the rows are of ${[...types].join(" and of ")}; expected one type`;
  return new DTypeError(message("tensor", found, 'Name the one that is meant: tensor(rows, { dtype: "float32" }).'));
}

/** The error for an element that is no number, or for a list whose depth or length differs from that of the lists before it. */
function misfit(path: string, value: unknown, expected: string): Error {
  const problem = `${path} is ${value instanceof Tensor ? "a tensor" : kindText(value)}; expected ${expected}`;
  if (isList(value) || typeof value === "number" || typeof value === "boolean") {
    return new ShapeError(message("tensor", problem, "All arrays of one depth have one length."));
  }
  return new ArgumentError(message("tensor", problem, value instanceof Tensor ? "Join tensors with stack(…)." : undefined));
}
