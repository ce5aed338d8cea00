import { defineOp } from "../graph/define.js";
import type { BackwardPass } from "../graph/pass.js";
import { Activation } from "../kernels/generated/constants.js";
import * as kernels from "../kernels/generated.js";
import { gemmStrips } from "../kernels/strips.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkOverflow } from "./overflow.js";

/** Which operands are read transposed. */
export interface Form {
  transposeA: boolean;
  transposeB: boolean;
}

const NN: Form = { transposeA: false, transposeB: false };

/** C = op(A) · op(B) for matrices [m, k] or batches [batch, m, k]; a matrix beside a batch serves all of it. */
export function gemm(a: Tensor, b: Tensor, form: Form = NN): Tensor {
  return gemmOp(a, b, form);
}

/** What a product adds to its record beyond the operands. */
export interface GemmOptions extends Form {
  /** Byte address of a bias [n], or 0. */
  bias?: number;
  /** Factor of what the destination holds: 0 overwrites. */
  beta?: number;
  /** The code of the activation that is applied last of all. Default: none. */
  act?: number;
}

/** Runs the kernel: destination = act(op(A) · op(B) + beta · destination + bias). */
export function runGemm(a: Tensor, b: Tensor, destination: number, options: GemmOptions): void {
  const { transposeA, transposeB, bias = 0, beta = 0, act = Activation.None } = options;
  const { batch, m, n, k } = extents(a, b, options);
  const count = batch ?? 1;
  kernels.gemm(
    {
      a: a.at,
      b: b.at,
      c: destination,
      bias,
      m,
      n,
      k,
      batch: count,
      lda: transposeA ? m : k,
      ldb: transposeB ? k : n,
      ldc: n,
      strideA: a.rank === 3 ? m * k : 0,
      strideB: b.rank === 3 ? k * n : 0,
      strideC: m * n,
      transA: transposeA ? 1 : 0,
      transB: transposeB ? 1 : 0,
      beta,
      act,
    },
    0,
    gemmStrips(m, n, count),
    a.dtype,
  );
}

function extents(a: Tensor, b: Tensor, { transposeA, transposeB }: Form): { batch: number | null; m: number; k: number; n: number } {
  const [rowsA, columnsA] = a.shape.slice(-2);
  const [rowsB, columnsB] = b.shape.slice(-2);
  const batch = a.rank === 3 ? a.shape[0] : b.rank === 3 ? b.shape[0] : null;
  return { batch, m: transposeA ? columnsA : rowsA, k: transposeA ? rowsA : columnsA, n: transposeB ? rowsB : columnsB };
}

const gemmOp: (a: Tensor, b: Tensor, form: Form) => Tensor = defineOp({
  name: "matmul",
  inputs: ["a", "b"],
  save: ["a", "b"],
  shape: ({ a, b }, form: Form) => {
    const { batch, m, n } = extents(a, b, form);
    return batch === null ? [m, n] : [batch, m, n];
  },
  forward: ({ a, b, out }, form) => {
    runGemm(a, b, out.at, form);
    checkOverflow("matmul", out.dtype);
  },
  grad: {
    a: (g, { a, b }, form) => toMatrix(gemm(...factorsOfA(g, b, form)), a),
    b: (g, { a, b }, form) => toMatrix(gemm(...factorsOfB(g, a, form)), b),
  },
  backward: (pass, { a, b }, form) => {
    if (pass.wanted("a")) deliver(pass, "a", a, factorsOfA(pass.g, b, form));
    if (pass.wanted("b")) deliver(pass, "b", b, factorsOfB(pass.g, a, form));
  },
});

type Factors = [left: Tensor, right: Tensor, form: Form];

/** dA = g · Bᵀ, and (A transposed) B · gᵀ; with B stored transposed, the other way round for B. */
function factorsOfA(g: Tensor, b: Tensor, { transposeA, transposeB }: Form): Factors {
  return transposeA ? [b, g, { transposeA: transposeB, transposeB: true }] : [g, b, { transposeA: false, transposeB: !transposeB }];
}

/** dB = Aᵀ · g, and (B transposed) gᵀ · A. */
function factorsOfB(g: Tensor, a: Tensor, { transposeA, transposeB }: Form): Factors {
  return transposeB ? [g, a, { transposeA: true, transposeB: transposeA }] : [a, g, { transposeA: !transposeA, transposeB: false }];
}

/** Writes or adds a product where the gradient belongs; a matrix that served a batch takes the sum over it. */
function deliver(pass: BackwardPass<"a" | "b">, name: "a" | "b", operand: Tensor, [left, right, form]: Factors): void {
  if (operand.rank !== pass.g.rank) {
    pass.deliver(operand, toMatrix(gemm(left, right, form), operand));
    return;
  }
  const { at, beta } = pass.into(name);
  runGemm(left, right, at, { ...form, beta });
}

function toMatrix(gradient: Tensor, like: Tensor): Tensor {
  return gradient.rank === like.rank ? gradient : gradient.sum(0);
}
