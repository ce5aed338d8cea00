import type { Matrix } from "ml-matrix";
import { declare } from "../options/declare.js";
import type { TensorLike } from "../tensor/nested.js";
import type { Tensor } from "../tensor/tensor.js";
import { loadMlMatrix, type MlMatrix } from "./load.js";
import { MATRICES, readMatrices, resultsByName } from "./matrices.js";
import { scaleColumns, signsOfColumns } from "./signs.js";

const SVD = declare("svd", {}, { x: MATRICES });

/** A singular value decomposition, with k = min(m, n). */
export interface SingularValues {
  /** Left singular vectors in the columns, [..., m, k]. */
  u: Tensor;
  /** Singular values, descending, [..., k]. */
  s: Tensor;
  /** Right singular vectors in the rows, [..., k, n]. */
  vh: Tensor;
}

/**
 * Singular value decomposition: x = U · diag(s) · Vᵀ, with orthonormal columns of U and V. Computed in float64 by ml-matrix, an optional
 * peer.
 *
 * Departures from PyTorch: only the reduced form (`full_matrices=False`); the greatest component of each row of vh is positive, where
 * PyTorch leaves the sign open; no gradient.
 *
 * Shape: x [..., m, n] → u [..., m, k], s [..., k] descending, vh [..., k, n]; k = min(m, n)
 * @throws PeerError without ml-matrix; ShapeError for fewer than two axes; DTypeError for integers; ArgumentError for NaN and ±∞;
 * GraphError if x requires a gradient, because there is none
 * @example
 * const { u, s, vh } = await svd([[3, 0], [0, -2]]);
 * s;     // [3, 2]
 * vh;    // [[1, 0], [0, 1]]
 */
export async function svd(x: TensorLike): Promise<SingularValues>;
export async function svd(): Promise<SingularValues> {
  const { x } = SVD.read(arguments);
  const library = await loadMlMatrix(SVD.op);
  const read = readMatrices(library, SVD.op, "x", x);
  return resultsByName(
    read,
    read.all.map((matrix) => {
      const { u, s, v } = decompose(library, matrix);
      return { u, s, vh: v.transpose() };
    }),
  );
}

/** @internal the decomposition of one matrix: u [m, k], s [k] descending, v [n, k], with k = min(m, n). */
export function decompose({ SingularValueDecomposition }: MlMatrix, matrix: Matrix): { u: Matrix; s: number[]; v: Matrix } {
  const found = new SingularValueDecomposition(matrix, { autoTranspose: true });
  const k = Math.min(matrix.rows, matrix.columns);
  const u = found.leftSingularVectors.subMatrix(0, matrix.rows - 1, 0, k - 1);
  const v = found.rightSingularVectors.subMatrix(0, matrix.columns - 1, 0, k - 1);
  const signs = signsOfColumns(v);
  return { u: scaleColumns(u, signs), s: found.diagonal.slice(0, k), v: scaleColumns(v, signs) };
}
