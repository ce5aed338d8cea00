import * as kernels from "../src/kernels/generated.js";
import { floats, N, SIDE } from "./data.js";
import type { Row } from "./harness.js";

/** Views [outer, reduced, inner] of the data that reduce all elements, the rows, the columns. */
const ALL = { reduced: N, inner: 1 };
const ROWS = { reduced: SIDE, inner: 1 };
const COLUMNS = { reduced: SIDE, inner: SIDE };

type Kernel<Args> = (args: Args, from: number, to: number) => void;
interface Reduced {
  x: number;
  out: number;
  reduced: number;
  inner: number;
}

function reduction<More extends object>(
  name: string,
  kernel: Kernel<Reduced & More>,
  shape: { reduced: number; inner: number },
  more: More,
): Row {
  return {
    group: "reduce",
    name,
    bytes: 4 * N,
    setup: () => {
      const args = { x: floats(N), out: floats(SIDE), ...shape, ...more };
      return () => kernel(args, 0, N / shape.reduced);
    },
  };
}

const SUM = { divisor: 1, beta: 0 };
const VARIANCE = { mean: 0, correction: 0, root: 0 };

/** The sum of n elements that fit into a cache. */
const sumOf = (n: number): Row => ({
  group: "reduce",
  name: `sum of ${n}`,
  bytes: 4 * n,
  setup: () => {
    const args = { x: floats(n), out: floats(1), reduced: n, inner: 1, ...SUM };
    return () => kernels.sum(args, 0, 1);
  },
});

const inChunks: Row = {
  group: "reduce",
  name: "sum in chunks",
  bytes: 4 * N,
  setup: () => {
    const chunks = N / 8192;
    const first = { x: floats(N), out: floats(2 * chunks), length: N };
    const second = { x: first.out, out: floats(1), length: chunks, ...SUM };
    return () => {
      kernels.sumChunks(first, 0, chunks);
      kernels.sumPartials(second, 0, 1);
    };
  },
};

const cumsum: Row = {
  group: "reduce",
  name: "cumsum of rows",
  bytes: 8 * N,
  setup: () => {
    const args = { x: floats(N), out: floats(N), reduced: SIDE, inner: 1, reverse: 0 };
    return () => kernels.cumsum(args, 0, SIDE);
  },
};

export const rows: Row[] = [
  reduction("sum", kernels.sum, ALL, SUM),
  sumOf(4096),
  sumOf(65536),
  inChunks,
  reduction("sum of rows", kernels.sum, ROWS, SUM),
  reduction("sum of columns", kernels.sum, COLUMNS, SUM),
  reduction("max", kernels.max, ALL, {}),
  reduction("max of columns", kernels.max, COLUMNS, {}),
  reduction("argmax of rows", kernels.argmax, ROWS, {}),
  reduction("argmax of columns", kernels.argmax, COLUMNS, {}),
  reduction("variance of rows", kernels.variance, ROWS, VARIANCE),
  reduction("variance of columns", kernels.variance, COLUMNS, VARIANCE),
  reduction("logSumExp of rows", kernels.logSumExp, ROWS, {}),
  reduction("logSumExp of columns", kernels.logSumExp, COLUMNS, {}),
  reduction("norm of rows", kernels.norm, ROWS, { p: 2 }),
  reduction("norm of columns", kernels.norm, COLUMNS, { p: 2 }),
  cumsum,
];
