import type { Matrix } from "ml-matrix";
import { ArgumentError, DTypeError, GraphError, ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { isGradEnabled } from "../graph/mode.js";
import type { DType } from "../memory/views.js";
import { option } from "../options/option.js";
import { tensor } from "../tensor/creation.js";
import { isFloating } from "../tensor/dtype.js";
import type { TensorLike } from "../tensor/nested.js";
import type { Shape } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import type { MlMatrix } from "./load.js";

/** A positional argument that holds matrices along its last two axes. */
export const MATRICES = option<TensorLike, { required: true }>(
  "a tensor or nested arrays of numbers",
  (value) => typeof value === "object" && value !== null,
  { required: true },
);

/** Matrices along the last two axes of a tensor, in float64. */
export interface Matrices {
  /** The axes in front of the last two. */
  readonly batch: Shape;
  readonly rows: number;
  readonly columns: number;
  /** The element type of the results. */
  readonly dtype: DType;
  readonly all: readonly Matrix[];
}

/**
 * The matrices of x [..., m, n].
 * @throws ShapeError for fewer than two axes and for no elements, DTypeError for integers, ArgumentError for NaN and ±∞, which the
 * iterations would never end with; GraphError where a gradient would be lost
 */
export function readMatrices({ Matrix }: MlMatrix, op: string, name: string, x: TensorLike): Matrices {
  const given = readNumbers(op, name, x);
  const { shape, dtype } = given;
  if (shape.length < 2) {
    throw new ShapeError(message(op, `${name} is ${shapeText(shape)}; expected a matrix [m, n], or a batch of them [..., m, n]`));
  }
  const [rows, columns] = shape.slice(-2);
  if (given.elements.length === 0) throw new ShapeError(message(op, `${name} is ${shapeText(shape)}; expected at least one element`));
  const size = rows * columns;
  const all = Array.from({ length: given.elements.length / size }, (_, i) =>
    Matrix.from1DArray(rows, columns, given.elements.subarray(i * size, (i + 1) * size) as unknown as number[]),
  );
  return { batch: shape.slice(0, -2), rows, columns, dtype, all };
}

/** As `readMatrices`, of square matrices. @throws ShapeError unless they are square */
export function readSquare(library: MlMatrix, op: string, name: string, x: TensorLike): Matrices {
  const read = readMatrices(library, op, name, x);
  const { batch, rows, columns } = read;
  if (rows === columns) return read;
  throw new ShapeError(message(op, `${name} is ${shapeText([...batch, rows, columns])}; expected a square matrix`));
}

/** Symmetric matrices, of which the lower triangle is read. */
export function readSymmetric(library: MlMatrix, op: string, name: string, x: TensorLike): Matrices {
  const read = readSquare(library, op, name, x);
  for (const matrix of read.all) for (let i = 0; i < read.rows; i++) for (let j = 0; j < i; j++) matrix.set(j, i, matrix.get(i, j));
  return read;
}

/** What a decomposition gives for one matrix. */
type Part = number | ArrayLike<number> | Matrix;

/** The results for all matrices, by name. */
export function resultsByName<K extends string>(read: Matrices, parts: readonly Record<K, Part>[]): Record<K, Tensor> {
  const names = Object.keys(parts[0]) as K[];
  const tensors = names.map((name) => {
    const all = parts.map((part) => part[name]);
    return [name, results(read, all)];
  });
  return Object.fromEntries(tensors);
}

/** Results of one kind, one for each matrix, as a tensor with the batch's axes in front. */
export function results({ batch, dtype }: Matrices, parts: readonly Part[]): Tensor {
  const [first] = parts;
  const shape = [...batch, ...shapeOf(first)];
  return tensor(new Float64Array(parts.flatMap((part) => elementsOf(part))), { shape, dtype });
}

function shapeOf(part: Part): Shape {
  if (typeof part === "number") return [];
  return "rows" in part ? [part.rows, part.columns] : [part.length];
}

function elementsOf(part: Part): number[] {
  if (typeof part === "number") return [part];
  return "rows" in part ? part.to1DArray() : Array.from(part);
}

interface Numbers {
  elements: Float64Array;
  shape: Shape;
  dtype: DType;
}

/** The elements of an argument in float64. Of plain arrays none is rounded to float32, which is the type of the results. */
export function readNumbers(op: string, name: string, x: TensorLike): Numbers {
  const given = x instanceof Tensor ? x : tensor(x);
  if (!isFloating(given.dtype)) {
    throw new DTypeError(message(op, `${name} is of ${given.dtype}; expected float32 or float64`, 'Write x.cast("float32").'));
  }
  if (given.requiresGrad && isGradEnabled()) {
    throw new GraphError(message(op, `${name} requires a gradient, and a decomposition has none`, `Write ${op}(x.detach()).`));
  }
  const elements = new Float64Array((x instanceof Tensor ? x : tensor(x, { dtype: "float64" })).view());
  const wrong = elements.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw new ArgumentError(message(op, `element ${wrong} of ${name} is ${elements[wrong]}; expected finite numbers`));
  return { elements, shape: given.shape, dtype: given.dtype };
}
