import { declare, type OptionsOf } from "../options/declare.js";
import { tensor } from "../tensor/creation.js";
import type { TensorLike } from "../tensor/nested.js";
import type { Tensor } from "../tensor/tensor.js";
import { loadMlMatrix } from "./load.js";
import { MATRICES, readMatrices, results } from "./matrices.js";
import { readRight } from "./solve.js";
import { decompose } from "./svd.js";
import { limitOf, rankOf, reciprocal, TOLERANCE } from "./tolerance.js";

const PINV = declare("pinv", TOLERANCE, { x: MATRICES });

/** Options of `pinv`. */
export interface PinvOptions extends OptionsOf<typeof PINV> {}

/**
 * The pseudo-inverse of Moore and Penrose: V · diag(1/σ) · Uᵀ, with 0 in place of 1/σ where σ counts as 0. Computed in float64 by
 * ml-matrix, an optional peer.
 *
 * Shape: x [..., m, n] → [..., n, m]
 * @param options.atol default 0
 * @param options.rtol default max(m, n) · ε of the element type; 0 if atol is given
 * @throws as `matrixRank`
 * @example await pinv([[1], [2]])   // [[0.2, 0.4]]
 */
export async function pinv(x: TensorLike, options?: PinvOptions): Promise<Tensor>;
export async function pinv(): Promise<Tensor> {
  const { x, ...tolerance } = PINV.read(arguments);
  const library = await loadMlMatrix(PINV.op);
  const read = readMatrices(library, PINV.op, "x", x);
  const inverses = read.all.map((matrix) => {
    const { u, s, v } = decompose(library, matrix);
    const limit = limitOf(read, s, tolerance);
    return v.mmul(u.mulRowVector(s.map((value) => reciprocal(value, limit))).transpose());
  });
  return results(read, inverses);
}

const LSTSQ = declare("lstsq", TOLERANCE, { a: MATRICES, b: MATRICES });

/** Options of `lstsq`. */
export interface LstsqOptions extends OptionsOf<typeof LSTSQ> {}

/** What `lstsq` finds. */
export interface LeastSquares {
  /** x, [..., n] or [..., n, k]. */
  solution: Tensor;
  /** Σ(a · x − b)² of each column, [...] or [..., k]. */
  residuals: Tensor;
  /** Of a, [...], int32. */
  rank: Tensor;
  /** Of a, descending, [..., min(m, n)]. */
  singularValues: Tensor;
}

/**
 * The x that makes |a · x − b|² least; of several, the shortest. By a singular value decomposition, in float64, with ml-matrix, an
 * optional peer.
 *
 * Departure from PyTorch and NumPy: the residuals are there also where a has no full rank; no gradient.
 *
 * Shape: a [..., m, n], b [..., m] or [..., m, k]
 * @param options.atol singular values up to it count as 0; default 0
 * @param options.rtol default max(m, n) · ε of the element type; 0 if atol is given
 * @throws ShapeError for shapes that do not fit; as `matrixRank`
 * @example
 * const { solution } = await lstsq([[1, 0], [1, 1], [1, 2]], [1, 3, 5]);
 * solution;    // [1, 2]
 */
export async function lstsq(a: TensorLike, b: TensorLike, options?: LstsqOptions): Promise<LeastSquares>;
export async function lstsq(): Promise<LeastSquares> {
  const { a, b, ...tolerance } = LSTSQ.read(arguments);
  const library = await loadMlMatrix(LSTSQ.op);
  const left = readMatrices(library, LSTSQ.op, "a", a);
  const { right, isVector } = readRight(library, LSTSQ.op, left, b);
  const parts = left.all.map((matrix, i) => {
    const { u, s, v } = decompose(library, matrix);
    const limit = limitOf(left, s, tolerance);
    const scaled = u
      .transpose()
      .mmul(right[i])
      .mulColumnVector(s.map((value) => reciprocal(value, limit)));
    const solution = v.mmul(scaled);
    const errors = library.Matrix.sub(matrix.mmul(solution), right[i]);
    const residuals = Array.from({ length: errors.columns }, (_, j) => errors.getColumn(j).reduce((sum, e) => sum + e * e, 0));
    return { solution, residuals, rank: rankOf(s, limit), singularValues: s };
  });
  return {
    solution: results(
      left,
      parts.map(({ solution }) => (isVector ? solution.getColumn(0) : solution)),
    ),
    residuals: results(
      left,
      parts.map(({ residuals }) => (isVector ? residuals[0] : residuals)),
    ),
    rank: tensor(new Int32Array(parts.map(({ rank }) => rank)), { shape: left.batch }),
    singularValues: results(
      left,
      parts.map(({ singularValues }) => singularValues),
    ),
  };
}
