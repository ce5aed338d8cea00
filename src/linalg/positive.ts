import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { loadMlMatrix } from "./load.js";

/**
 * Solves A · x = B for a symmetric positive definite A by its Cholesky factor.
 * @param a [n, n] @param b [n, k] @returns [n, k]
 * @param mend what to do where A is not positive definite
 * @throws ArgumentError unless A is positive definite up to rounding, PeerError
 */
export async function solvePositive(op: string, a: Float64Array, b: Float64Array, n: number, mend: string): Promise<Float64Array> {
  const { CholeskyDecomposition, Matrix } = await loadMlMatrix(op);
  const of = (values: Float64Array, columns: number) => Matrix.from1DArray(n, columns, values as unknown as number[]);
  const factor = new CholeskyDecomposition(of(a, n));
  if (!factor.isPositiveDefinite()) throw new ArgumentError(message(op, "the equations are singular", mend));
  return Float64Array.from(factor.solve(of(b, b.length / n)).to1DArray());
}

/** XᵀX of the columns of x [n, d] where `byColumns`, else XXᵀ of its rows, with α added to the diagonal. */
export function gram(x: Float64Array, n: number, d: number, byColumns: boolean, alpha: number): Float64Array {
  const size = byColumns ? d : n;
  const out = new Float64Array(size * size);
  if (byColumns) {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < d; j++) {
        const value = x[i * d + j];
        if (value !== 0) for (let k = 0; k <= j; k++) out[j * d + k] += value * x[i * d + k];
      }
    }
  } else {
    for (let i = 0; i < n; i++) {
      for (let k = 0; k <= i; k++) {
        let sum = 0;
        for (let j = 0; j < d; j++) sum += x[i * d + j] * x[k * d + j];
        out[i * n + k] = sum;
      }
    }
  }
  for (let i = 0; i < size; i++) {
    out[i * size + i] += alpha;
    for (let k = 0; k < i; k++) out[k * size + i] = out[i * size + k];
  }
  return out;
}
