import { defineOp } from "../graph/define.js";
import type { BackwardPass } from "../graph/pass.js";
import * as kernels from "../kernels/generated.js";
import { sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Epilogue, ruleOf } from "./epilogue.js";
import { gemm, runGemm } from "./gemm.js";

/**
 * y = act(x · Wᵀ + b) in one operation. The bias is added and relu taken while the product is written; other activations run
 * over it in place. The bits are those of `linear` followed by the activation, in both directions.
 * Shape:     x [..., in], weight [out, in], bias [out] or null → [..., out], as checked by the caller
 * Gradient:  d = g · act′(y); dx = d · W, dW = dᵀ · x, db = Σ d over the rows
 */
export function affine(x: Tensor, weight: Tensor, bias: Tensor | null, epilogue: Epilogue | null): Tensor {
  const [features, size] = weight.shape;
  if (x.rank === 2) return run(x, weight, bias, epilogue);
  const lead = x.shape.slice(0, -1);
  return run(x.reshape([sizeOf(lead), size]), weight, bias, epilogue).reshape([...lead, features]);
}

function run(x: Tensor, weight: Tensor, bias: Tensor | null, epilogue: Epilogue | null): Tensor {
  return epilogue === null ? linearOp(x, weight, bias) : activatedOp(x, weight, bias, epilogue);
}

const linearOp: (x: Tensor, weight: Tensor, bias: Tensor | null) => Tensor = defineOp({
  name: "linear",
  inputs: ["x", "weight", "bias?"],
  save: ["x", "weight"],
  shape: ({ x, weight }) => [x.shape[0], weight.shape[0]],
  forward: ({ x, weight, bias, out }) => runGemm(x, weight, out.at, { transposeA: false, transposeB: true, bias: bias?.at ?? 0 }),
  grad: {
    x: (g, { weight }) => gemm(g, weight),
    weight: (g, { x }) => gemm(g, x, { transposeA: true, transposeB: false }),
    bias: (g) => g.sum(0),
  },
  backward: (pass, { x, weight }) => backward(pass, pass.g, x, weight),
});

const activatedOp: (x: Tensor, weight: Tensor, bias: Tensor | null, epilogue: Epilogue) => Tensor = defineOp({
  name: "linear",
  inputs: ["x", "weight", "bias?"],
  save: ["x", "weight", "out"],
  shape: ({ x, weight }) => [x.shape[0], weight.shape[0]],
  forward: ({ x, weight, bias, out }, epilogue: Epilogue) => {
    const { apply } = ruleOf(epilogue);
    runGemm(x, weight, out.at, { transposeA: false, transposeB: true, bias: bias?.at ?? 0, relu: apply === null });
    apply?.(out.at, out.size, epilogue.parameter, out.dtype);
  },
  grad: {
    x: (g, { weight, out }, epilogue) => gemm(through(g, out, epilogue), weight),
    weight: (g, { x, out }, epilogue) => gemm(through(g, out, epilogue), x, { transposeA: true, transposeB: false }),
    bias: (g, { out }, epilogue) => through(g, out, epilogue).sum(0),
  },
  // In one pass over g of its own: masking g while the products pack it is slower, for they pack it more than once.
  backward: (pass, { x, weight, out }, epilogue) => {
    const d = pass.spent();
    ruleOf(epilogue).gradient(pass.g.at, out.at, d.at, d.size, epilogue.parameter, d.dtype);
    backward(pass, d, x, weight);
  },
});

function through(g: Tensor, out: Tensor, epilogue: Epilogue): Tensor {
  return ruleOf(epilogue).formula(g, out, epilogue.parameter);
}

/** The gradients of x · Wᵀ + b, from that of the sum. */
function backward(pass: BackwardPass<"x" | "weight" | "bias">, g: Tensor, x: Tensor, weight: Tensor): void {
  if (pass.wanted("x")) {
    const { at, beta } = pass.into("x");
    runGemm(g, weight, at, { transposeA: false, transposeB: false, beta });
  }
  if (pass.wanted("weight")) {
    const { at, beta } = pass.into("weight");
    runGemm(g, x, at, { transposeA: true, transposeB: false, beta });
  }
  if (pass.wanted("bias")) {
    const { at, beta } = pass.into("bias");
    const [rows, features] = g.shape;
    kernels.sum({ x: g.at, out: at, reduced: rows, inner: features, divisor: 1, beta }, 0, features, g.dtype);
  }
}
