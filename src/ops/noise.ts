import { defineOp } from "../graph/define.js";
import * as kernels from "../kernels/generated.js";
import { allocateTemporary, releaseTemporary } from "../memory/heap.js";
import { views } from "../memory/memory.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";

/** Random numbers: a function of these alone. */
export interface Noise {
  readonly shape: Shape;
  /** Uniform in [0, 1), or normal with mean 0 and variance 1. */
  readonly distribution: "uniform" | "normal";
  /** The stream's key. */
  readonly key: readonly [number, number];
  /** The place in the stream: whole number, another for every call. */
  readonly counter: number;
  /** Where the counter stands in linear memory, if that is done: see `writeCounter`. */
  readonly cell?: number;
}

/** Bytes of a counter (u64). */
export const COUNTER_BYTES = 8;

export function writeCounter(cell: number, counter: number): void {
  views.u32[cell >>> 2] = counter >>> 0;
  views.u32[(cell + 4) >>> 2] = Math.floor(counter / 4294967296);
}

/**
 * Random numbers of x's element type, in x's graph. They have no gradient.
 * Shape:     any → noise.shape
 * @internal
 */
export const noise: (x: Tensor, noise: Noise) => Tensor = defineOp({
  name: "noise",
  inputs: ["x"],
  shape: (_, { shape }: Noise) => shape,
  forward: ({ out }, { distribution, key: [key0, key1], counter, cell }) => {
    const at = cell ?? allocateTemporary(COUNTER_BYTES);
    try {
      if (cell === undefined) writeCounter(at, counter);
      const stream = { out: out.at, counter: at, key0, key1 };
      if (distribution === "uniform") kernels.uniform({ ...stream, low: 0, high: 1 }, 0, out.size, out.dtype);
      else kernels.normal({ ...stream, mean: 0, std: 1 }, 0, out.size, out.dtype);
    } finally {
      if (cell === undefined) releaseTemporary(at, COUNTER_BYTES);
    }
  },
});
