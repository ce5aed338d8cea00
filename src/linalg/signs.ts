import type { Matrix } from "ml-matrix";

/**
 * The signs that make the greatest component of each column positive. Decompositions leave the sign of a vector open; so that all
 * machines agree, and with scikit-learn, it is fixed so. Of components equal up to rounding the first counts.
 */
export function signsOfColumns(matrix: Matrix): Float64Array {
  const signs = new Float64Array(matrix.columns);
  for (let j = 0; j < matrix.columns; j++) {
    let greatest = 0;
    for (let i = 0; i < matrix.rows; i++) {
      const value = matrix.get(i, j);
      if (Math.abs(value) > Math.abs(greatest) * (1 + 1e-9)) greatest = value;
    }
    signs[j] = greatest < 0 ? -1 : 1;
  }
  return signs;
}

/** Multiplies each column by its factor. */
export function scaleColumns(matrix: Matrix, factors: ArrayLike<number>): Matrix {
  for (let j = 0; j < matrix.columns; j++) matrix.mulColumn(j, factors[j]);
  return matrix;
}
