import { defineOp } from "../graph/define.js";
import * as kernels from "../kernels/generated.js";
import { allocateTemporary, releaseTemporary } from "../memory/heap.js";
import { views } from "../memory/memory.js";
import type { Tensor } from "../tensor/tensor.js";

/** Which elements fall: a function of these numbers alone, so that backward draws the same mask again instead of storing it. */
export interface DropoutMask {
  /** Probability of dropping, 0 … 1. */
  readonly p: number;
  /** The stream's key. */
  readonly key: readonly [number, number];
  /** The place in the stream: whole number, another for every call. */
  readonly counter: number;
  /** Where p and counter stand in linear memory, if that is done: see `writeMask`. */
  readonly cell?: number;
}

/** Bytes of p (float64) and counter (u64). */
export const MASK_BYTES = 16;

export function writeMask(cell: number, p: number, counter: number): void {
  views.f64[cell >>> 3] = p;
  views.u32[(cell + 8) >>> 2] = counter >>> 0;
  views.u32[(cell + 12) >>> 2] = Math.floor(counter / 4294967296);
}

/**
 * yᵢ = xᵢ · mᵢ / (1 − p), where mᵢ is 0 with probability p, else 1: the expectation stays x.
 * Shape:     any → same
 * Gradient:  dx = g · m / (1 − p)
 * Srivastava et al., JMLR 15, 2014, with the scale in training ("inverted").
 * @internal
 */
export const dropout: (x: Tensor, mask: DropoutMask) => Tensor = defineOp({
  name: "dropout",
  inputs: ["x"],
  shape: ({ x }) => x.shape,
  forward: ({ x, out }, mask: DropoutMask) => {
    const cell = mask.cell ?? allocateTemporary(MASK_BYTES);
    try {
      if (mask.cell === undefined) writeMask(cell, mask.p, mask.counter);
      const [key0, key1] = mask.key;
      kernels.dropout({ x: x.at, out: out.at, p: cell, counter: cell + 8, key0, key1 }, 0, out.size, out.dtype);
    } finally {
      if (mask.cell === undefined) releaseTemporary(cell, MASK_BYTES);
    }
  },
  grad: { x: (g, _, mask) => dropout(g, mask) },
});
