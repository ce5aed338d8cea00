import { declare, type OptionsOf } from "../options/declare.js";
import { tensor } from "../tensor/creation.js";
import type { TensorLike } from "../tensor/nested.js";
import type { Tensor } from "../tensor/tensor.js";
import { loadMlMatrix } from "./load.js";
import { MATRICES, readMatrices, results } from "./matrices.js";
import { decompose } from "./svd.js";
import { limitOf, rankOf, TOLERANCE } from "./tolerance.js";

const MATRIX_RANK = declare("matrixRank", TOLERANCE, { x: MATRICES });

/** Options of `matrixRank`. */
export interface MatrixRankOptions extends OptionsOf<typeof MATRIX_RANK> {}

/**
 * The number of singular values greater than max(atol, rtol · σ₁). Computed in float64 by ml-matrix, an
 * optional peer.
 *
 * Shape: x [..., m, n] → [...], int32
 * @param options.atol default 0
 * @param options.rtol default max(m, n) · ε of the element type; 0 if atol is given
 * @throws PeerError without ml-matrix; ShapeError for fewer than two axes; DTypeError for integers; ArgumentError for NaN and ±∞;
 * GraphError if x requires a gradient
 * @example await matrixRank([[1, 2], [2, 4]])   // 1
 */
export async function matrixRank(x: TensorLike, options?: MatrixRankOptions): Promise<Tensor>;
export async function matrixRank(): Promise<Tensor> {
  const { x, ...tolerance } = MATRIX_RANK.read(arguments);
  const library = await loadMlMatrix(MATRIX_RANK.op);
  const read = readMatrices(library, MATRIX_RANK.op, "x", x);
  const ranks = read.all.map((matrix) => {
    const { s } = decompose(library, matrix);
    return rankOf(s, limitOf(read, s, tolerance));
  });
  return tensor(new Int32Array(ranks), { shape: read.batch });
}

const CONDITION = declare("conditionNumber", {}, { x: MATRICES });

/**
 * The condition number σ₁/σₖ: how much a relative error may grow when equations with these matrices are solved, and by how much gradient
 * descent on a quadratic form is slowed. ∞ of singular matrices. Computed in float64 by ml-matrix, an optional peer.
 *
 * Shape: x [..., m, n] → [...]
 * @throws as `matrixRank`
 * @example await conditionNumber([[10, 0], [0, 2]])   // 5
 */
export async function conditionNumber(x: TensorLike): Promise<Tensor>;
export async function conditionNumber(): Promise<Tensor> {
  const { x } = CONDITION.read(arguments);
  const library = await loadMlMatrix(CONDITION.op);
  const read = readMatrices(library, CONDITION.op, "x", x);
  const numbers = read.all.map((matrix) => {
    const { s } = decompose(library, matrix);
    return s[0] / (s.at(-1) as number);
  });
  return results(read, numbers);
}
