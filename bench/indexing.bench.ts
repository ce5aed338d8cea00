import * as kernels from "../src/kernels/generated.js";
import { floats, indices, N, SIDE } from "./data.js";
import type { Row } from "./harness.js";

const VOCABULARY = 10_000;
const TOKENS = 4096;
const WIDTH = 128;

const embedding = () => ({ index: indices(TOKENS, VOCABULARY), axis: VOCABULARY, count: TOKENS, inner: WIDTH });

export const rows: Row[] = [
  {
    group: "indexing",
    name: "embedding, 4096 of 10,000×128",
    bytes: 8 * TOKENS * WIDTH,
    setup: () => {
      const args = { x: floats(VOCABULARY * WIDTH), out: floats(TOKENS * WIDTH), size: 4, ...embedding() };
      return () => kernels.indexSelect(args, 0, TOKENS);
    },
  },
  {
    group: "indexing",
    name: "embedding gradient",
    bytes: 12 * TOKENS * WIDTH,
    setup: () => {
      const args = { x: floats(TOKENS * WIDTH), out: floats(VOCABULARY * WIDTH), ...embedding() };
      return () => kernels.indexAdd(args, 0, VOCABULARY);
    },
  },
  {
    group: "indexing",
    name: "gather along rows",
    bytes: 12 * N,
    setup: () => {
      const args = { x: floats(N), index: indices(N, SIDE), out: floats(N), axis: SIDE, count: SIDE, inner: SIDE };
      return () => kernels.gather(args, 0, SIDE);
    },
  },
];
