import type { Matrix } from "ml-matrix";
import { ArgumentError, ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { declare } from "../options/declare.js";
import type { TensorLike } from "../tensor/nested.js";
import type { Tensor } from "../tensor/tensor.js";
import { loadMlMatrix, type MlMatrix } from "./load.js";
import { MATRICES, type Matrices, readNumbers, readSquare, results } from "./matrices.js";

const SOLVE = declare("solve", {}, { a: MATRICES, b: MATRICES });

/**
 * Solves a · x = b by Gaussian elimination with pivots (LU). Computed in float64 by ml-matrix, an optional peer.
 *
 * Departure from PyTorch: the axes of the batch are not broadcast; no gradient.
 *
 * Shape: a [..., n, n], b [..., n] or [..., n, k] → as b
 * @param a not singular
 * @param b right sides; with as many axes as a it holds k of them, in its columns
 * @throws ArgumentError if the matrix `a` is singular, and for NaN and ±∞; PeerError without ml-matrix; ShapeError for shapes that do not fit;
 * DTypeError for integers; GraphError if a or b requires a gradient, because there is none
 * @example await solve([[2, 1], [1, 3]], [3, 5])   // [0.8, 1.4]
 */
export async function solve(a: TensorLike, b: TensorLike): Promise<Tensor>;
export async function solve(): Promise<Tensor> {
  const { a, b } = SOLVE.read(arguments);
  const library = await loadMlMatrix(SOLVE.op);
  const left = readSquare(library, SOLVE.op, "a", a);
  const { right, isVector } = readRight(library, SOLVE.op, left, b);
  const found = left.all.map((matrix, i) => solveOne(library, SOLVE.op, matrix, right[i]));
  return results(
    left,
    found.map((x) => (isVector ? x.getColumn(0) : x)),
  );
}

const INVERSE = declare("inverse", {}, { x: MATRICES });

/**
 * The inverse of square matrices. `solve(a, b)` is faster and more exact than inverse(a) · b. Computed in float64 by ml-matrix, an
 * optional peer.
 *
 * Shape: x [..., n, n] → [..., n, n]
 * @throws ArgumentError if x is singular; as `solve`
 * @example await inverse([[2, 0], [0, 4]])   // [[0.5, 0], [0, 0.25]]
 */
export async function inverse(x: TensorLike): Promise<Tensor>;
export async function inverse(): Promise<Tensor> {
  const { x } = INVERSE.read(arguments);
  const library = await loadMlMatrix(INVERSE.op);
  const read = readSquare(library, INVERSE.op, "x", x);
  return results(
    read,
    read.all.map((matrix) => solveOne(library, INVERSE.op, matrix, library.Matrix.eye(read.rows))),
  );
}

function solveOne({ LuDecomposition }: MlMatrix, op: string, matrix: Matrix, right: Matrix): Matrix {
  const factors = new LuDecomposition(matrix);
  if (!factors.isSingular()) return factors.solve(right);
  throw new ArgumentError(message(op, "the matrix is singular", "lstsq(a, b) finds the shortest of the best solutions."));
}

/** @internal the right sides of equations, one matrix for each of `left`. @throws ShapeError */
export function readRight(
  { Matrix }: MlMatrix,
  op: string,
  { batch, rows, columns }: Matrices,
  b: TensorLike,
): { right: Matrix[]; isVector: boolean } {
  const { elements, shape } = readNumbers(op, "b", b);
  const isVector = shape.length === batch.length + 1;
  const wanted = [...batch, rows];
  if ((!isVector && shape.length !== batch.length + 2) || wanted.some((extent, i) => shape[i] !== extent)) {
    const a = shapeText([...batch, rows, columns]);
    const expected = `${shapeText(wanted)} or ${shapeText([...wanted, "k"])}`;
    throw new ShapeError(message(op, `a is ${a}, b is ${shapeText(shape)}; expected ${expected}`));
  }
  const count = isVector ? 1 : (shape.at(-1) as number);
  const size = rows * count;
  if (size === 0) throw new ShapeError(message(op, `b is ${shapeText(shape)}; expected at least one element`));
  const right = Array.from({ length: elements.length / size }, (_, i) =>
    Matrix.from1DArray(rows, count, elements.subarray(i * size, (i + 1) * size) as unknown as number[]),
  );
  return { right, isVector };
}
