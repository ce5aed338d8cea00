import * as kernels from "../src/kernels/generated.js";
import { floats } from "./data.js";
import type { Row } from "./harness.js";

const LONG = 4 << 20;
const FLAT = { n1: 1, n2: 1, a0: 0, a1: 0, a2: 0, a3: 1, b0: 0, b1: 0, b2: 0, b3: 1 };

/** A row on two threads, compared with one thread. */
function onTwo(name: string, sizes: Pick<Row, "flops" | "bytes">, setup: Row["setup"]): Row {
  const row = { group: "threads", name, ...sizes, setup };
  return { ...row, threads: 2, alone: row };
}

function product(n: number, k: number, strips: number): () => void {
  const operands = { a: floats(n * k), b: floats(k * n), c: floats(n * n), bias: 0, m: n, n, k, batch: 1 };
  const layout = { lda: k, ldb: n, ldc: n, strideA: 0, strideB: 0, strideC: 0, transA: 0, transB: 0, beta: 0, act: 0 };
  return () => kernels.gemm({ ...operands, ...layout }, 0, strips);
}

/** Two parts of 2 µs on two threads, compared with one part on one thread. The difference is the cost of forking and joining. */
const forkJoin: Row = {
  group: "threads",
  name: "fork and join",
  threads: 2,
  alone: { group: "threads", name: "a part", setup: () => product(16, 512, 1) },
  setup: () => product(16, 512, 2),
};

/** Milliseconds after which workers sleep for certain: several times their patience (src/kernels/threads/workers.ts). */
const UNTIL_ASLEEP = 0.4;

/** Calls `work` after a pause in which the workers fall asleep. */
function afterPause(work: () => void): () => void {
  return () => {
    const end = performance.now() + UNTIL_ASLEEP;
    while (performance.now() < end);
    work();
  };
}

/**
 * Two parts on two threads, compared with one part on one thread, after a pause. A part takes longer than waking the other thread, so
 * that the difference is the cost of waking it.
 */
const fromSleep: Row = {
  group: "threads",
  name: "wake, fork and join",
  threads: 2,
  alone: { group: "threads", name: "a pause and a part", setup: () => afterPause(product(16, 50_000, 1)) },
  setup: () => afterPause(product(16, 50_000, 2)),
};

export const rows: Row[] = [
  forkJoin,
  fromSleep,
  onTwo("gemm 512³", { flops: 2 * 512 ** 3 }, () => product(512, 512, 64)),
  onTwo("relu 4 M floats", { bytes: 8 * LONG }, () => {
    const args = { x: floats(LONG), out: floats(LONG) };
    return () => kernels.relu(args, 0, LONG);
  }),
  onTwo("add 4 M floats", { bytes: 12 * LONG }, () => {
    const args = { a: floats(LONG), b: floats(LONG), out: floats(LONG), n3: LONG, ...FLAT };
    return () => kernels.add(args, 0, LONG);
  }),
];
