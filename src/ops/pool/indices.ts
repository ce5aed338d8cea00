import { flag } from "../../options/kinds.js";
import { zeros } from "../../tensor/creation.js";
import { type Shape, sizeOf } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";

/** The result of a max pooling that tells where it found its elements. */
export interface WithIndices {
  output: Tensor;
  /** int32: the place of each element in its plane of the input, counted row by row. */
  indices: Tensor;
}

/** What a max pooling returns. R: whether indices are asked for. */
export type Pooled<R extends boolean> = R extends true ? WithIndices : Tensor;

/** Options of what returns indices, too. */
export const RETURN_INDICES = {
  /** Whether the result is { output, indices }, where indices tells the place of each element in its plane. Default false. */
  returnIndices: flag({ default: false }),
};

/** Elements of x at places in their planes, which the last `axes` axes span. */
export function taken(x: Tensor, indices: Tensor, axes: number): Tensor {
  const [planes, size, n] = planesOf(x.shape, indices.shape, axes);
  return x
    .reshape([planes, size])
    .gather(1, indices.reshape([planes, n]))
    .reshape(indices.shape);
}

/** Zeros of a shape with the elements of y added at their places in its planes: the gradient of `taken`. */
export function placed(y: Tensor, indices: Tensor, shape: Shape, axes: number): Tensor {
  const [planes, size, n] = planesOf(shape, indices.shape, axes);
  const empty = zeros([planes, size], { dtype: y.dtype });
  return empty.scatterAdd(1, indices.reshape([planes, n]), y.reshape([planes, n])).reshape(shape);
}

/** The number of planes, and how many elements each of them has in two shapes. */
function planesOf(shape: Shape, other: Shape, axes: number): [planes: number, size: number, otherSize: number] {
  return [sizeOf(shape.slice(0, -axes)), sizeOf(shape.slice(-axes)), sizeOf(other.slice(-axes))];
}
