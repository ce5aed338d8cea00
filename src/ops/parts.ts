import { defineOp } from "../graph/define.js";
import * as kernels from "../kernels/generated.js";
import { BYTES } from "../memory/views.js";
import { type Shape, stridesOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { runStrided } from "./strided.js";

/** A part of a tensor: how many elements of each axis, from where, at which distance. */
export interface Part {
  shape: number[];
  starts: number[];
  steps: number[];
}

/** The strides and the first element of a part, within a tensor of `shape`. */
function partOf(shape: Shape, { starts, steps }: Part): { strides: number[]; offset: number } {
  const strides = stridesOf(shape);
  return {
    strides: strides.map((stride, axis) => stride * steps[axis]),
    offset: strides.reduce((sum, stride, axis) => sum + stride * starts[axis], 0),
  };
}

/** @internal the part of x, as a copy */
export const partAt: (x: Tensor, part: Part) => Tensor = defineOp({
  name: "slice",
  inputs: ["x"],
  shape: (_, { shape }: Part) => shape,
  forward: ({ x, out }, part) => {
    const { strides, offset } = partOf(x.shape, part);
    runStrided(kernels.stridedCopy, { dtype: x.dtype, shape: out.shape, strides, dense: out.at, strided: x.at + offset * BYTES[x.dtype] });
  },
  grad: { x: (g, { x }, part) => embed(g, { ...part, into: x.shape, value: 0 }) },
});

/** @internal x as a part of a larger tensor that holds `value` elsewhere: the forward of pad, the gradient of slice */
export const embed: (x: Tensor, part: Part & { into: Shape; value: number }) => Tensor = defineOp({
  name: "pad",
  inputs: ["x"],
  shape: (_, { into }: Part & { into: Shape; value: number }) => into,
  forward: ({ x, out }, { value, into, ...part }) => {
    kernels.fill({ out: out.at, value }, 0, out.size, out.dtype);
    const { strides, offset } = partOf(into, part);
    runStrided(kernels.stridedWrite, {
      dtype: x.dtype,
      shape: x.shape,
      strides,
      dense: x.at,
      strided: out.at + offset * BYTES[x.dtype],
      write: true,
    });
  },
  grad: { x: (g, _, { shape, starts, steps }) => partAt(g, { shape, starts, steps }) },
});
