/** The door `simdgrad/linalg`: decompositions of matrices, by the library ml-matrix, which is an optional peer. */
export { type CholeskyOptions, cholesky } from "./linalg/cholesky.js";
export { det, logdet, type SignedLogDeterminant, slogdet } from "./linalg/determinant.js";
export { type Eigenvalues, eigh, eigvals, type SymmetricEigen } from "./linalg/eigen.js";
export { type LeastSquares, type LstsqOptions, lstsq, type PinvOptions, pinv } from "./linalg/leastSquares.js";
export { type QrFactors, qr } from "./linalg/qr.js";
export { conditionNumber, type MatrixRankOptions, matrixRank } from "./linalg/rank.js";
export { inverse, solve } from "./linalg/solve.js";
export { type SingularValues, svd } from "./linalg/svd.js";
