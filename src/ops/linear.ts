import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { defineOp } from "../graph/define.js";
import * as kernels from "../kernels/generated.js";
import { sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { gemm, runGemm } from "./gemm.js";
import { checkTensor, floating } from "./operands.js";

/**
 * Affine map y = x · Wᵀ + b, fused: the bias is added while the product is written.
 * Shape:     x [..., in], weight [out, in], bias [out] or null → [..., out]
 * Gradient:  dx = g · W, dW = gᵀ · x, db = Σ g over the rows
 * @throws ShapeError if the inner dimensions or the bias differ
 * @example x.linear(w, bias)
 */
export function linear(x: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  checkTensor("linear", "x", x);
  checkTensor("linear", "weight", weight);
  const input = floating(x);
  check(x, weight, bias);
  const [features, size] = weight.shape;
  const lead = input.shape.slice(0, -1);
  return linearOp(input.reshape([sizeOf(lead), size]), weight, bias).reshape([...lead, features]);
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
  backward: (pass, { x, weight }) => {
    const { g } = pass;
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
  },
});

function check(x: Tensor, weight: Tensor, bias: Tensor | null): void {
  const last = x.shape[x.rank - 1];
  if (weight.rank !== 2 || x.rank === 0 || last !== weight.shape[1]) {
    const stored = weight.rank === 2 && last === weight.shape[0] ? " If it is stored [in, out], use matmul(x, weight)." : "";
    throw new ShapeError(
      `${message("linear", `x ${shapeText(x.shape)} and weight ${shapeText(weight.shape)} do not fit; expected weight [out, in] whose second extent is x's last`)}${stored}`,
    );
  }
  if (bias !== null && (bias.rank !== 1 || bias.size !== weight.shape[0])) {
    throw new ShapeError(message("linear", `bias has shape ${shapeText(bias.shape)}; expected [${weight.shape[0]}]`));
  }
}
