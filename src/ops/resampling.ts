import { defineOp } from "../graph/define.js";
import * as kernels from "../kernels/generated.js";
import { tensor } from "../tensor/creation.js";
import { sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";

/**
 * A sparse matrix [rows, columns] that makes the elements of an axis of others: row i has the entries from starts[i] to starts[i + 1],
 * each a column and its weight.
 */
export interface Resampling {
  readonly rows: number;
  readonly columns: number;
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly weights: Float64Array;
}

/** An entry of a row: the column and the weight. */
export type Tap = readonly [index: number, weight: number];

/** The matrix of given rows. */
export function resamplingOf(rows: readonly (readonly Tap[])[], columns: number): Resampling {
  const starts = new Int32Array(rows.length + 1);
  for (const [i, taps] of rows.entries()) starts[i + 1] = starts[i] + taps.length;
  const taps = rows.flat();
  const indices = Int32Array.from(taps, ([index]) => index);
  return { rows: rows.length, columns, starts, indices, weights: Float64Array.from(taps, ([, weight]) => weight) };
}

/** The entries of each column become those of a row, in their order. */
function transposed({ rows, columns, starts, indices, weights }: Resampling): Resampling {
  const turned = Array.from({ length: columns }, (): Tap[] => []);
  for (let i = 0; i < rows; i++) for (let t = starts[i]; t < starts[i + 1]; t++) turned[indices[t]].push([i, weights[t]]);
  return resamplingOf(turned, rows);
}

/**
 * y = M · x along an axis, M being sparse: y[o, i, j] = Σ M[i, k] · x[o, k, j].
 * Shape:     x [..., columns, ...] → [..., rows, ...]
 * Gradient:  dx = Mᵀ · g along the axis
 * @internal
 */
export function resample(x: Tensor, axis: number, matrix: Resampling): Tensor {
  const { starts, indices, weights } = matrix;
  // Without an entry there is nothing to read, but memory.
  const entries = indices.length === 0 ? [new Int32Array(1), new Float64Array(1)] : [indices, weights];
  return resampleOp(x, tensor(starts), tensor(entries[0]), tensor(entries[1], { dtype: x.dtype }), { axis, matrix });
}

interface Attributes {
  readonly axis: number;
  readonly matrix: Resampling;
}

const resampleOp: (x: Tensor, starts: Tensor, indices: Tensor, weights: Tensor, attributes: Attributes) => Tensor = defineOp({
  name: "resample",
  inputs: ["x", "starts", "indices", "weights"],
  shape: ({ x }, { axis, matrix }: Attributes) => x.shape.map((extent, i) => (i === axis ? matrix.rows : extent)),
  forward: ({ x, starts, indices, weights, out }, { axis, matrix }) => {
    const { rows, columns } = matrix;
    kernels.resample(
      {
        ...{ x: x.at, out: out.at, starts: starts.at, indices: indices.at, weights: weights.at },
        ...{ extent: columns, count: rows, inner: sizeOf(x.shape.slice(axis + 1)) },
        taps: Math.ceil(matrix.indices.length / Math.max(1, rows)),
      },
      0,
      sizeOf(x.shape.slice(0, axis)) * rows,
      x.dtype,
    );
  },
  grad: { x: (g, _, { axis, matrix }) => resample(g, axis, transposed(matrix)) },
});
