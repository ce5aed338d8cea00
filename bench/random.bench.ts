import * as kernels from "../src/kernels/generated.js";
import { cell, floats, N } from "./data.js";
import type { Row } from "./harness.js";

const KEY = { key0: 1, key1: 2 };

export const rows: Row[] = [
  {
    group: "random",
    name: "uniform",
    bytes: 4 * N,
    setup: () => {
      const args = { out: floats(N), counter: cell(0), ...KEY, low: -1, high: 1 };
      return () => kernels.uniform(args, 0, N);
    },
  },
  {
    group: "random",
    name: "normal",
    bytes: 4 * N,
    setup: () => {
      const args = { out: floats(N), counter: cell(0), ...KEY, mean: 0, std: 1 };
      return () => kernels.normal(args, 0, N);
    },
  },
  {
    group: "random",
    name: "dropout",
    bytes: 8 * N,
    setup: () => {
      const args = { x: floats(N), out: floats(N), p: cell(0.2), counter: cell(0), ...KEY };
      return () => kernels.dropout(args, 0, N);
    },
  },
];
