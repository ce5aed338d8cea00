import { STRIDED_AXES } from "../kernels/generated/constants.js";
import type { StridedArgs } from "../kernels/generated.js";
import { BYTES, type DType } from "../memory/views.js";
import { collapse } from "../tensor/broadcast.js";
import { type Shape, sizeOf, stridesOf } from "../tensor/shape.js";
import { outerOffset } from "./broadcast.js";

type StridedKernel = (args: StridedArgs, from: number, to: number, dtype?: DType) => void;

/** A contiguous block against elements at any distances: what permute, slice, expand, pad, concat have in common. */
export interface StridedMove {
  readonly dtype: DType;
  /** Extents of the contiguous side. */
  readonly shape: Shape;
  /** Steps of the other side, in elements; negative to walk backwards, 0 to repeat. */
  readonly strides: readonly number[];
  /** Byte address of the contiguous side. */
  readonly dense: number;
  /** Byte address of the other side's first element. */
  readonly strided: number;
  /** The strided side is written. */
  readonly write?: boolean;
}

/** Runs a strided kernel; axes beyond its six are walked here, one call a block. */
export function runStrided(kernel: StridedKernel, move: StridedMove): void {
  const { dtype, dense, strided, write = false } = move;
  if (sizeOf(move.shape) === 0) return;
  const bytes = BYTES[dtype];
  const { shape, strides } = collapse({ shape: [...move.shape], strides: [stridesOf(move.shape), [...move.strides]] });
  const outer = Math.max(0, shape.length - STRIDED_AXES);
  const lead = STRIDED_AXES - (shape.length - outer);
  const n = (i: number): number => (i < lead ? 1 : shape[outer + i - lead]);
  const s = (i: number): number => (i < lead ? 0 : strides[1][outer + i - lead]);
  const count = sizeOf(shape.slice(outer));
  for (let block = 0; block < sizeOf(shape.slice(0, outer)); block++) {
    const offset = outerOffset(block, shape, strides[1], outer);
    const near = dense + block * count * bytes;
    const far = strided + offset * bytes;
    kernel(
      {
        x: write ? near : far,
        out: write ? far : near,
        size: bytes,
        n0: n(0),
        n1: n(1),
        n2: n(2),
        n3: n(3),
        n4: n(4),
        n5: n(5),
        s0: s(0),
        s1: s(1),
        s2: s(2),
        s3: s(3),
        s4: s(4),
        s5: s(5),
      },
      0,
      count / n(5),
      moveType(dtype),
    );
  }
}

/** Moves look at an element's size alone, so everything but float64 runs on the fast kernels. */
export function moveType(dtype: DType): DType {
  return dtype === "float64" ? "float64" : "float32";
}
