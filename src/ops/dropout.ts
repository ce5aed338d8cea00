import { defineOp } from "../graph/define.js";
import * as kernels from "../kernels/generated.js";
import { allocate, release } from "../memory/heap.js";
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
    const cells = allocate(16);
    try {
      views.f64[cells >>> 3] = mask.p;
      views.u32[(cells + 8) >>> 2] = mask.counter >>> 0;
      views.u32[(cells + 12) >>> 2] = Math.floor(mask.counter / 4294967296);
      const [key0, key1] = mask.key;
      kernels.dropout({ x: x.at, out: out.at, p: cells, counter: cells + 8, key0, key1 }, 0, out.size, out.dtype);
    } finally {
      release(cells, 16);
    }
  },
  grad: { x: (g, _, mask) => dropout(g, mask) },
});
