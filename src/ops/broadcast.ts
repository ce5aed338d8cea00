import { BROADCAST_AXES } from "../kernels/generated/constants.js";
import { BYTES } from "../memory/views.js";
import { broadcastStrides, collapse, repeatedAxes } from "../tensor/broadcast.js";
import { type Shape, sameShape, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { sum } from "./reduce.js";

/** A part of a broadcast operation that fits a kernel's record. */
export interface Block {
  /** Byte address of each operand. */
  at: number[];
  /** Byte address of the result, contiguous. */
  result: number;
  /** Four extents, outermost first. */
  extents: number[];
  /** Four strides in elements for each operand; 0 repeats. */
  strides: number[][];
  /** Elements of the result. */
  count: number;
}

/** Calls `run` for the operands broadcast to the shape of `out`: once, or once a block if more than four axes remain. */
export function runBroadcast(out: Tensor, operands: readonly Tensor[], run: (block: Block) => void): void {
  const { shape, strides } = collapse({
    shape: [...out.shape],
    strides: operands.map((operand) => broadcastStrides(operand.shape, out.shape)),
  });
  const outer = Math.max(0, shape.length - BROADCAST_AXES);
  const inner = shape.slice(outer);
  const padding = new Array<number>(BROADCAST_AXES - inner.length);
  const extents = [...padding.fill(1), ...inner];
  const innerStrides = strides.map((own) => [...padding.fill(0), ...own.slice(outer)]);
  const count = sizeOf(inner);
  const blocks = sizeOf(shape.slice(0, outer));
  for (let block = 0; block < blocks; block++) {
    const at = operands.map((operand, k) => operand.at + outerOffset(block, shape, strides[k], outer) * BYTES[operand.dtype]);
    run({ at, result: out.at + block * count * BYTES[out.dtype], extents, strides: innerStrides, count });
  }
}

/** Where block number `block` begins, in elements, counting over the first `outer` axes. */
export function outerOffset(block: number, shape: readonly number[], strides: readonly number[], outer: number): number {
  let offset = 0;
  let rest = block;
  for (let axis = outer - 1; axis >= 0; axis--) {
    const i = rest % shape[axis];
    rest = (rest - i) / shape[axis];
    offset += i * strides[axis];
  }
  return offset;
}

/** g summed over the axes that broadcasting repeated, so that it has `shape` again. */
export function sumTo(g: Tensor, shape: Shape): Tensor {
  if (sameShape(g.shape, shape)) return g;
  return sum(g, repeatedAxes(shape, g.shape)).reshape(shape);
}
