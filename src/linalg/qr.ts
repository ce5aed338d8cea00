import type { Matrix } from "ml-matrix";
import { declare } from "../options/declare.js";
import type { TensorLike } from "../tensor/nested.js";
import type { Tensor } from "../tensor/tensor.js";
import { loadMlMatrix, type MlMatrix } from "./load.js";
import { MATRICES, readMatrices, resultsByName } from "./matrices.js";
import { scaleColumns } from "./signs.js";

const QR = declare("qr", {}, { x: MATRICES });

/** A QR decomposition, with k = min(m, n). */
export interface QrFactors {
  /** Orthonormal columns, [..., m, k]. */
  q: Tensor;
  /** An upper triangle, [..., k, n]. */
  r: Tensor;
}

/**
 * QR decomposition: x = Q · R with orthonormal columns of Q and an upper triangle R. Computed in float64 by ml-matrix, an optional peer.
 *
 * Departures from PyTorch: the diagonal of R is not negative, where PyTorch leaves its signs open; only the reduced form; no gradient.
 *
 * Shape: x [..., m, n] → q [..., m, k], r [..., k, n]; k = min(m, n)
 * @throws PeerError without ml-matrix; ShapeError for fewer than two axes; DTypeError for integers; ArgumentError for NaN and ±∞;
 * GraphError if x requires a gradient, because there is none
 * @example
 * const { q, r } = await qr([[3, 1], [4, 2]]);
 * q;    // [[0.6, -0.8], [0.8, 0.6]]
 * r;    // [[5, 2.2], [0, 0.4]]
 */
export async function qr(x: TensorLike): Promise<QrFactors>;
export async function qr(): Promise<QrFactors> {
  const { x } = QR.read(arguments);
  const library = await loadMlMatrix(QR.op);
  const read = readMatrices(library, QR.op, "x", x);
  return resultsByName(
    read,
    read.all.map((matrix) => decompose(library, matrix)),
  );
}

function decompose({ QrDecomposition }: MlMatrix, matrix: Matrix): { q: Matrix; r: Matrix } {
  const { rows, columns } = matrix;
  // Of a wide matrix the first columns decide Q.
  const found = new QrDecomposition(columns > rows ? matrix.subMatrix(0, rows - 1, 0, rows - 1) : matrix);
  const signs = found.upperTriangularMatrix.diagonal().map((value) => (value < 0 ? -1 : 1));
  const q = scaleColumns(found.orthogonalMatrix, signs);
  if (columns > rows) return { q, r: q.transpose().mmul(matrix) };
  const r = found.upperTriangularMatrix;
  signs.forEach((sign, i) => {
    r.mulRow(i, sign);
  });
  return { q, r };
}
