import * as kernels from "../src/kernels/generated.js";
import { floats, N, SIDE } from "./data.js";
import type { Row } from "./harness.js";

export const rows: Row[] = [
  {
    group: "sort",
    name: "sort rows of 1024",
    bytes: 12 * N,
    setup: () => {
      const args = { x: floats(N), values: floats(N), indices: floats(N), scratch: floats(2 * N), n: SIDE, descending: 0 };
      return () => kernels.sortRows(args, 0, SIDE);
    },
  },
  {
    group: "sort",
    name: "top 5 of rows of 1024",
    bytes: 4 * N,
    setup: () => {
      const args = { x: floats(N), values: floats(5 * SIDE), indices: floats(5 * SIDE), n: SIDE, k: 5, largest: 1 };
      return () => kernels.topk(args, 0, SIDE);
    },
  },
];
