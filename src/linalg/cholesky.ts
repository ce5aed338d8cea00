import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag } from "../options/kinds.js";
import type { TensorLike } from "../tensor/nested.js";
import type { Tensor } from "../tensor/tensor.js";
import { loadMlMatrix } from "./load.js";
import { MATRICES, readSymmetric, results } from "./matrices.js";

const CHOLESKY = declare(
  "cholesky",
  {
    /** Gives the upper triangle Lᵀ. Default false. */
    upper: flag({ default: false }),
  },
  { x: MATRICES },
);

/** Options of `cholesky`. */
export interface CholeskyOptions extends OptionsOf<typeof CHOLESKY> {}

/**
 * The Cholesky factor of symmetric positive definite matrices: x = L · Lᵀ with a lower triangle L. Computed in float64 by ml-matrix, an
 * optional peer.
 *
 * Shape: x [..., n, n] → [..., n, n]
 * @param x symmetric: the lower triangle is read, as in PyTorch
 * @param options.upper gives Lᵀ; default false
 * @throws ArgumentError unless x is positive definite, and for NaN and ±∞; PeerError without ml-matrix; ShapeError unless x is square;
 * DTypeError for integers; GraphError if x requires a gradient, because there is none
 * @example await cholesky([[4, 2], [2, 5]])   // [[2, 0], [1, 2]]
 */
export async function cholesky(x: TensorLike, options?: CholeskyOptions): Promise<Tensor>;
export async function cholesky(): Promise<Tensor> {
  const { x, upper } = CHOLESKY.read(arguments);
  const library = await loadMlMatrix(CHOLESKY.op);
  const read = readSymmetric(library, CHOLESKY.op, "x", x);
  const factors = read.all.map((matrix, i) => {
    const found = new library.CholeskyDecomposition(matrix);
    if (!found.isPositiveDefinite()) {
      const which = read.all.length === 1 ? "x" : `matrix ${i} of x`;
      throw new ArgumentError(message(CHOLESKY.op, `${which} is not positive definite`, "Adding a small number to its diagonal helps."));
    }
    return upper ? found.lowerTriangularMatrix.transpose() : found.lowerTriangularMatrix;
  });
  return results(read, factors);
}
