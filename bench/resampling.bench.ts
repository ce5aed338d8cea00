import * as kernels from "../src/kernels/generated.js";
import { floats, integers } from "./data.js";
import type { Row } from "./harness.js";

/** Twice the extent of an axis by linear interpolation. */
function doubled(outer: number, extent: number, inner: number): Row {
  const count = 2 * extent;
  return {
    group: "resampling",
    name: `linear ${extent} → ${count}, ${outer} × ${inner}`,
    bytes: 4 * outer * inner * (extent + count),
    setup: () => {
      const starts = integers(Array.from({ length: count + 1 }, (_, i) => 2 * i));
      const indices = integers(Array.from({ length: 2 * count }, (_, t) => Math.min(extent - 1, (t >> 2) + (t & 1))));
      const blocks = { x: floats(outer * extent * inner), out: floats(outer * count * inner), weights: floats(2 * count) };
      const args = { ...blocks, starts, indices, extent, count, inner, taps: 2 };
      return () => kernels.resample(args, 0, outer * count);
    },
  };
}

export const rows: Row[] = [doubled(64, 32, 64), doubled(64 * 32, 32, 1)];
