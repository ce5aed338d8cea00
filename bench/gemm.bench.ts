import * as kernels from "../src/kernels/generated.js";
import { gemmStrips } from "../src/kernels/strips.js";
import { floats } from "./data.js";
import { CUBES, type GemmShape, INFERENCE, MLP, TRAINING } from "./gemm.shapes.js";
import type { Row } from "./harness.js";

function row({ name, m, n, k, form, batch }: GemmShape): Row {
  const transA = form[0] === "T" ? 1 : 0;
  const transB = form[1] === "T" ? 1 : 0;
  const layout = { lda: transA ? m : k, ldb: transB ? k : n, ldc: n, strideA: m * k, strideB: k * n, strideC: m * n, transA, transB };
  return {
    group: "gemm",
    name,
    flops: 2 * batch * m * n * k,
    setup: () => {
      const buffers = { a: floats(batch * m * k), b: floats(batch * k * n), c: floats(batch * m * n), bias: 0 };
      const args = { ...buffers, m, n, k, batch, ...layout, beta: 0, act: 0 };
      const strips = gemmStrips(m, n, batch);
      return () => kernels.gemm(args, 0, strips);
    },
  };
}

export const rows: Row[] = [...CUBES, ...MLP, ...TRAINING, ...INFERENCE].map(row);
