import * as kernels from "../src/kernels/generated.js";
import { floats, N, SIDE } from "./data.js";
import type { Row } from "./harness.js";

const { cummax, logCumSumExp } = kernels;

/** Along the rows of a matrix, and along its columns. */
export const rows: Row[] = Object.entries({ cummax, logCumSumExp }).flatMap(([name, kernel]) =>
  [1, SIDE].map((inner) => ({
    group: "scans",
    name: `${name} of ${inner === 1 ? "rows" : "columns"}`,
    bytes: 8 * N,
    setup: () => {
      const args = { x: floats(N), out: floats(N), reduced: SIDE, inner };
      return () => kernel(args, 0, SIDE);
    },
  })),
);
