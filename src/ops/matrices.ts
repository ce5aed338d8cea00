import { ArgumentError, ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, number } from "../options/kinds.js";
import { checkValue } from "../options/option.js";
import { checkTensorArity, describeCall, tensorList } from "../tensor/check.js";
import { Tensor } from "../tensor/tensor.js";

/** Diagonals, grids and products of matrices, made of what moves elements. */

const DIAGONAL = number({ required: true, whole: true });

/**
 * The matrix with a vector on its diagonal, zeros elsewhere; or, of a matrix, its diagonal.
 * Shape:     [n] → [n + |diagonal|, n + |diagonal|]; [rows, columns] → [length of the diagonal]
 * Gradient:  dx = g along the diagonal, 0 elsewhere
 * @param diagonal 0 the main one, above it > 0, below it < 0; default 0
 * @throws ShapeError unless x is a vector or a matrix, ArgumentError for a diagonal that is no whole number
 * @example diag(tensor([1, 2]))   // [[1, 0], [0, 2]]
 * @example diag(tensor([[1, 2], [3, 4]]), 1)   // [2]
 */
export function diag(x: Tensor, diagonal: number = 0): Tensor {
  checkTensorArity("diag", arguments.length, 2);
  if (!(x instanceof Tensor)) return describeCall("diag", "x", x, [x, diagonal]);
  checkValue("diag", "diagonal", diagonal, DIAGONAL);
  const [above, below] = [Math.max(diagonal, 0), Math.max(-diagonal, 0)];
  if (x.rank === 1)
    return square(x).pad([
      [below, above],
      [above, below],
    ]);
  if (x.rank !== 2) {
    throw new ShapeError(message("diag", `x has shape ${shapeText(x.shape)}; expected a vector or a matrix`));
  }
  const [rows, columns] = x.shape;
  const length = Math.max(0, Math.min(rows - below, columns - above));
  // From one element of a diagonal to the next are columns + 1.
  const first = below * columns + above;
  return x.reshape([-1]).slice([length === 0 ? [0, 0] : [first, first + (length - 1) * (columns + 1) + 1, columns + 1]]);
}

/** The square matrix of a diagonal: rows of n + 1 elements, of which the first n · n are taken as rows of n. */
function square(x: Tensor): Tensor {
  const n = x.size;
  const rows = x.reshape([n, 1]).pad([
    [0, 0],
    [0, n],
  ]);
  return rows
    .reshape([-1])
    .slice([[0, n * n]])
    .reshape([n, n]);
}

/**
 * The sum of a matrix's main diagonal.
 * Shape:     [rows, columns] → []
 * Gradient:  dx = g on the diagonal, 0 elsewhere
 * @throws ShapeError unless x is a matrix
 * @example trace(tensor([[1, 2], [3, 4]]))   // 5
 */
export function trace(x: Tensor): Tensor {
  checkTensorArity("trace", arguments.length, 1);
  if (!(x instanceof Tensor)) return describeCall("trace", "x", x, [x]);
  if (x.rank !== 2) throw new ShapeError(message("trace", `x has shape ${shapeText(x.shape)}; expected a matrix`));
  return diag(x).sum();
}

const MESHGRID = declare("meshgrid", {
  /** "ij": axis i belongs to vector i, as for matrices; "xy": the first two axes are exchanged, as for images. Default "ij". */
  indexing: choice(["ij", "xy"], { default: "ij" }),
});

/** Options of `meshgrid`. */
export interface MeshgridOptions extends OptionsOf<typeof MESHGRID> {}

/**
 * The coordinates of a grid: one tensor for each vector, which it repeats along the axes of the others.
 * Shape:     [n₀], [n₁], … → of each [n₀, n₁, …]; with "xy" [n₁, n₀, …]
 * Gradient:  of each vector g, summed over the other axes
 * @param tensors vectors or scalars, at least one
 * @param options.indexing "ij" or "xy", default "ij"
 * @throws ShapeError for a matrix, ArgumentError
 * @example const [row, column] = meshgrid([tensor([1, 2]), tensor([3, 4])]);   // [[1, 1], [2, 2]] and [[3, 4], [3, 4]]
 */
export function meshgrid(tensors: readonly Tensor[], options?: MeshgridOptions): Tensor[] {
  checkTensorArity("meshgrid", arguments.length, 2);
  const { indexing } = MESHGRID.readOptions(options);
  const symbol = Array.isArray(tensors) ? tensors.find((each) => !(each instanceof Tensor)) : undefined;
  if (symbol !== undefined) return describeCall("meshgrid", "an element of tensors", symbol, [tensors, options]);
  const vectors = tensorList("meshgrid", "tensors", tensors);
  if (vectors.length === 0) throw new ArgumentError(message("meshgrid", "no tensors; expected one or more vectors"));
  for (const vector of vectors) {
    if (vector.rank > 1) throw new ShapeError(message("meshgrid", `a tensor of shape ${shapeText(vector.shape)}; expected vectors`));
  }
  const shape = vectors.map(({ size }) => size);
  const grids = vectors.map((vector, axis) => vector.reshape(shape.map((n, i) => (i === axis ? n : 1))).expand(shape));
  return indexing === "xy" && vectors.length > 1 ? grids.map((grid) => grid.transpose(0, 1)) : grids;
}

/**
 * The Kronecker product: each element of a becomes that element times b.
 * Shape:     a [m₀, m₁, …], b [n₀, n₁, …] → [m₀ · n₀, m₁ · n₁, …]; the shorter shape gets leading ones
 * Gradient:  dA, dB: g times the other, summed over the blocks
 * @throws ArgumentError unless both are tensors
 * @example kron(tensor([1, 10]), tensor([[1, 2]]))   // [[1, 2, 10, 20]]
 */
export function kron(a: Tensor, b: Tensor): Tensor {
  checkTensorArity("kron", arguments.length, 2);
  if (!(a instanceof Tensor)) return describeCall("kron", "a", a, [a, b]);
  if (!(b instanceof Tensor)) return describeCall("kron", "b", b, [a, b]);
  const rank = Math.max(a.rank, b.rank);
  const [m, n] = [a, b].map(({ shape }) => [...new Array<number>(rank - shape.length).fill(1), ...shape]);
  const blocks = a.reshape(m.flatMap((extent) => [extent, 1])).mul(b.reshape(n.flatMap((extent) => [1, extent])));
  return blocks.reshape(m.map((extent, axis) => extent * n[axis]));
}
