import * as kernels from "../src/kernels/generated.js";
import { DTYPES } from "../src/memory/views.js";
import { floats } from "./data.js";
import type { Row } from "./harness.js";

const N = 100_000;

/** A conversion of elements. The content of `x` does not matter for the time, except that floats must be within int32. */
function conversion(source: (typeof DTYPES)[number], target: (typeof DTYPES)[number], bytes: number): Row {
  return {
    group: "cast",
    name: `${source} to ${target}, 100 k`,
    bytes: bytes * N,
    setup: () => {
      const args = { x: floats(N), out: floats(N), source: DTYPES.indexOf(source), target: DTYPES.indexOf(target) };
      return () => kernels.cast(args, 0, N);
    },
  };
}

export const rows: Row[] = [
  conversion("uint8", "float32", 5),
  conversion("uint8", "int32", 5),
  conversion("int32", "float32", 8),
  conversion("float32", "int32", 8),
  conversion("float32", "uint8", 5),
  conversion("float32", "bool", 5),
  {
    group: "cast",
    name: "whole numbers, 100 k",
    bytes: 8 * N,
    setup: () => {
      const args = { x: floats(N), out: floats(N) };
      kernels.cast({ ...args, source: 0, target: 2 }, 0, N);
      kernels.cast({ x: args.out, out: args.x, source: 2, target: 0 }, 0, N);
      return () => kernels.wholeNumbers(args, 0, N);
    },
  },
];
