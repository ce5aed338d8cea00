import * as kernels from "../src/kernels/generated.js";
import { floats, N, SIDE } from "./data.js";
import type { Row } from "./harness.js";

type Kernel = (args: kernels.StridedArgs, from: number, to: number) => void;

/** A move between a contiguous tensor of the given extents and one with the given strides in elements. */
function strided(name: string, kernel: Kernel, extents: readonly number[], strides: readonly number[], bytesAnElement = 8): Row {
  const n = [...Array(6 - extents.length).fill(1), ...extents];
  const s = [...Array(6 - strides.length).fill(0), ...strides];
  const elements = extents.reduce((product, extent) => product * extent, 1);
  return {
    group: "movement",
    name,
    bytes: bytesAnElement * elements,
    setup: () => {
      const args = {
        x: floats(2 * N),
        out: floats(2 * N),
        size: 4,
        ...{ n0: n[0], n1: n[1], n2: n[2], n3: n[3], n4: n[4], n5: n[5] },
        ...{ s0: s[0], s1: s[1], s2: s[2], s3: s[3], s4: s[4], s5: s[5] },
      };
      return () => kernel(args, 0, elements / n[5]);
    },
  };
}

export const rows: Row[] = [
  strided("transpose 200×200", kernels.stridedCopy, [200, 200], [1, 200]),
  strided("transpose 1024×1024", kernels.stridedCopy, [SIDE, SIDE], [1, SIDE]),
  strided("transpose 1000×1040", kernels.stridedCopy, [1000, 1040], [1, 1000]),
  strided("NHWC to NCHW 32×32×32×32", kernels.stridedCopy, [32, 32, 32 * 32], [32 * 32 * 32, 1, 32]),
  strided("NCHW to NHWC 32×32×32×32", kernels.stridedCopy, [32, 32 * 32, 32], [32 * 32 * 32, 1, 32 * 32]),
  strided("heads [16, 64, 4, 32] to front", kernels.stridedCopy, [16, 4, 64, 32], [64 * 128, 32, 128, 1]),
  strided("slice of columns", kernels.stridedCopy, [SIDE, 512], [SIDE, 1]),
  strided("expand a column", kernels.stridedCopy, [SIDE, SIDE], [1, 0], 4),
  strided("concat by columns, one half", kernels.stridedWrite, [SIDE, 512], [SIDE, 1]),
];
