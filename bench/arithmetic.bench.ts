import * as kernels from "../src/kernels/generated.js";
import { floats, maps, N, SIDE } from "./data.js";
import type { Row } from "./harness.js";

const CONTIGUOUS = { n1: 1, n2: 1, n3: N, a0: 0, a1: 0, a2: 0, a3: 1, b0: 0, b1: 0, b2: 0, b3: 1 };
/** Operands of [SIDE, SIDE] with a matrix, a row [SIDE], a column [SIDE, 1], a scalar. */
const MATRIX = { n1: 1, n2: SIDE, n3: SIDE, a0: 0, a1: 0, a2: SIDE, a3: 1, b0: 0, b1: 0, b2: 0, b3: 0 };
const ROW = { ...MATRIX, b3: 1 };
const COLUMN = { ...MATRIX, b2: 1 };
const SCALAR = { ...CONTIGUOUS, b3: 0 };

type Kernel = (args: kernels.BinaryArgs, from: number, to: number) => void;

function binary(name: string, kernel: Kernel, strides = CONTIGUOUS, bytes = 12 * N): Row {
  return {
    group: "arithmetic",
    name,
    bytes,
    setup: () => {
      const args = { a: floats(N, 0.01), b: floats(N), out: floats(N), ...strides };
      return () => kernel(args, 0, N);
    },
  };
}

const axpy: Row = {
  group: "arithmetic",
  name: "axpy",
  bytes: 12 * N,
  setup: () => {
    const args = { x: floats(N), out: floats(N), scale: 1e-6 };
    return () => kernels.addScaled(args, 0, N);
  },
};

export const rows: Row[] = [
  axpy,
  binary("add", kernels.add),
  binary("add-bias", kernels.add, ROW, 8 * N),
  binary("add a column", kernels.add, COLUMN, 8 * N),
  binary("add a scalar", kernels.add, SCALAR, 8 * N),
  binary("mul", kernels.mul),
  binary("div", kernels.div),
  binary("maximum", kernels.maximum),
  binary("pow", kernels.pow),
  binary("less than", kernels.lt, CONTIGUOUS, 9 * N),
  ...maps("arithmetic", { clamp: (args, from, to) => kernels.clamp({ ...args, min: -1, max: 1 }, from, to) }),
];
