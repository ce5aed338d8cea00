import { declare } from "../options/declare.js";
import type { TensorLike } from "../tensor/nested.js";
import type { Tensor } from "../tensor/tensor.js";
import { loadMlMatrix } from "./load.js";
import { MATRICES, readSquare, readSymmetric, resultsByName } from "./matrices.js";
import { scaleColumns, signsOfColumns } from "./signs.js";

const EIGH = declare("eigh", {}, { x: MATRICES });

/** Eigenvalues and eigenvectors of symmetric matrices. */
export interface SymmetricEigen {
  /** Ascending, [..., n]. */
  values: Tensor;
  /** One in each column, of length 1, [..., n, n]. */
  vectors: Tensor;
}

/**
 * Eigenvalues and eigenvectors of symmetric matrices: x = V · diag(λ) · Vᵀ. Computed in float64 by ml-matrix, an optional peer.
 *
 * Departures from PyTorch: the greatest component of each vector is positive, where PyTorch leaves its sign open; no gradient.
 *
 * Shape: x [..., n, n] → values [..., n], ascending, and vectors [..., n, n], one in each column
 * @param x symmetric: the lower triangle is read, as in PyTorch
 * @throws PeerError without ml-matrix; ShapeError unless x is square; DTypeError for integers; ArgumentError for NaN and ±∞; GraphError
 * if x requires a gradient, because there is none
 * @example
 * const { values, vectors } = await eigh([[2, 1], [1, 2]]);
 * values;     // [1, 3]
 * vectors;    // [[0.7071, 0.7071], [-0.7071, 0.7071]]
 */
export async function eigh(x: TensorLike): Promise<SymmetricEigen>;
export async function eigh(): Promise<SymmetricEigen> {
  const { x } = EIGH.read(arguments);
  const library = await loadMlMatrix(EIGH.op);
  const read = readSymmetric(library, EIGH.op, "x", x);
  const parts = read.all.map((matrix) => {
    const found = new library.EigenvalueDecomposition(matrix, { assumeSymmetric: true });
    const vectors = found.eigenvectorMatrix;
    return { values: found.realEigenvalues, vectors: scaleColumns(vectors, signsOfColumns(vectors)) };
  });
  return resultsByName(read, parts);
}

const EIGVALS = declare("eigvals", {}, { x: MATRICES });

/** Complex eigenvalues, as two tensors [..., n]. */
export interface Eigenvalues {
  real: Tensor;
  imaginary: Tensor;
}

/**
 * The eigenvalues of square matrices, which may be complex, by descending real part. For symmetric matrices use `eigh`, which is more
 * exact and gives the vectors. Computed in float64 by ml-matrix, an optional peer.
 *
 * Departures from PyTorch: two real tensors, ordered; no gradient.
 *
 * Shape: x [..., n, n] → real and imaginary parts [..., n]
 * @throws as `eigh`
 * @example
 * const { real, imaginary } = await eigvals([[0, -1], [1, 0]]);   // a rotation by 90°
 * real;          // [0, 0]
 * imaginary;     // [1, -1]
 */
export async function eigvals(x: TensorLike): Promise<Eigenvalues>;
export async function eigvals(): Promise<Eigenvalues> {
  const { x } = EIGVALS.read(arguments);
  const library = await loadMlMatrix(EIGVALS.op);
  const read = readSquare(library, EIGVALS.op, "x", x);
  const parts = read.all.map((matrix) => {
    const { realEigenvalues: real, imaginaryEigenvalues: imaginary } = new library.EigenvalueDecomposition(matrix);
    const order = real.map((_, i) => i).sort((i, j) => real[j] - real[i] || imaginary[j] - imaginary[i]);
    return { real: order.map((i) => real[i]), imaginary: order.map((i) => imaginary[i]) };
  });
  return resultsByName(read, parts);
}
