import { cast } from "../ops/cast.js";
import { abs, log } from "../ops/elementary.js";
import { sum } from "../ops/reduce.js";
import { declare } from "../options/declare.js";
import { tensor } from "../tensor/creation.js";
import type { TensorLike } from "../tensor/nested.js";
import type { Tensor } from "../tensor/tensor.js";
import { loadMlMatrix } from "./load.js";
import { MATRICES, type Matrices, readSquare, results } from "./matrices.js";

const DET = declare("det", {}, { x: MATRICES });

/**
 * The determinant of square matrices. Computed in float64 by ml-matrix, an optional peer. Of large matrices it overflows: `slogdet` does
 * not.
 *
 * Shape: x [..., n, n] → [...]
 * @throws PeerError without ml-matrix; ShapeError unless x is square; DTypeError for integers; ArgumentError for NaN and ±∞; GraphError
 * if x requires a gradient, because there is none
 * @example await det([[1, 2], [3, 4]])   // -2
 */
export async function det(x: TensorLike): Promise<Tensor>;
export async function det(): Promise<Tensor> {
  const { x } = DET.read(arguments);
  const { read, pivots } = await eliminate(DET.op, x);
  return results(
    read,
    pivots.map(({ sign, values }) => values.reduce((product, value) => product * value, sign)),
  );
}

const SLOGDET = declare("slogdet", {}, { x: MATRICES });

/** A determinant: sign · e^logAbsDet. */
export interface SignedLogDeterminant {
  /** 1, −1, or 0 of singular matrices, [...]. */
  sign: Tensor;
  /** ln |det x|, −∞ of singular matrices, [...]. */
  logAbsDet: Tensor;
}

/**
 * Sign and logarithm of the determinant of square matrices. Computed in float64 by ml-matrix, an optional peer.
 *
 * Shape: x [..., n, n] → sign and logAbsDet [...]
 * @throws as `det`
 * @example
 * const { sign, logAbsDet } = await slogdet([[1, 2], [3, 4]]);
 * sign;         // -1
 * logAbsDet;    // 0.6931
 */
export async function slogdet(x: TensorLike): Promise<SignedLogDeterminant>;
export async function slogdet(): Promise<SignedLogDeterminant> {
  const { x } = SLOGDET.read(arguments);
  return logarithm(SLOGDET.op, x);
}

const LOGDET = declare("logdet", {}, { x: MATRICES });

/**
 * The logarithm of the determinant of square matrices: −∞ where it is 0, NaN where it is negative, as in PyTorch. Computed in float64 by
 * ml-matrix, an optional peer.
 *
 * Shape: x [..., n, n] → [...]
 * @throws as `det`
 * @example await logdet([[2, 0], [0, 3]])   // 1.7918
 */
export async function logdet(x: TensorLike): Promise<Tensor>;
export async function logdet(): Promise<Tensor> {
  const { x } = LOGDET.read(arguments);
  const { sign, logAbsDet } = await logarithm(LOGDET.op, x);
  // The logarithm of the sign is 0, or NaN; of a singular matrix both are −∞.
  return logAbsDet.add(log(sign));
}

async function logarithm(op: string, x: TensorLike): Promise<SignedLogDeterminant> {
  const { read, pivots } = await eliminate(op, x);
  const signs = pivots.map(({ sign, values }) => values.reduce((product, value) => product * Math.sign(value), sign) + 0);
  const all = new Float64Array(pivots.flatMap(({ values }) => values));
  const logs = sum(log(abs(tensor(all, { shape: [...read.batch, read.rows] }))), -1);
  return { sign: results(read, signs), logAbsDet: cast(logs, read.dtype) };
}

interface Pivots {
  /** Of the permutation. */
  sign: number;
  values: number[];
}

/** The pivots of Gaussian elimination, whose product is the determinant. */
async function eliminate(op: string, x: TensorLike): Promise<{ read: Matrices; pivots: Pivots[] }> {
  const library = await loadMlMatrix(op);
  const read = readSquare(library, op, "x", x);
  const pivots = read.all.map((matrix) => {
    const factors = new library.LuDecomposition(matrix);
    return { sign: signOf(factors.pivotPermutationVector), values: factors.upperTriangularMatrix.diagonal() };
  });
  return { read, pivots };
}

/** 1 or −1: whether an even number of swaps makes the permutation. */
function signOf(permutation: readonly number[]): number {
  const left = [...permutation];
  let sign = 1;
  for (let i = 0; i < left.length; i++) {
    while (left[i] !== i) {
      const j = left[i];
      [left[i], left[j]] = [left[j], j];
      sign = -sign;
    }
  }
  return sign;
}
