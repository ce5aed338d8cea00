import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { defineOp } from "../graph/define.js";
import type { BackwardPass } from "../graph/pass.js";
import * as kernels from "../kernels/generated.js";
import { type Shape, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Fused } from "./activation.js";
import { gemm, runGemm } from "./gemm.js";
import { checkTensor, floating, inOneType } from "./operands.js";

/**
 * y = act(x · Wᵀ + b) in one operation. The bias is added, and relu taken, while the product is written; other activations run
 * over it in place. The bits are those of `linear` followed by the activation, in both directions.
 * Shape:     x [..., in], weight [out, in], bias [out] or null → [..., out]
 * Gradient:  d = g · act′(y); dx = d · W, dW = dᵀ · x, db = Σ d over the rows
 * @param op the name in errors
 * @throws ArgumentError, ShapeError
 */
export function affine(op: string, x: Tensor, weight: Tensor, bias: Tensor | null, activation: Fused | null = null): Tensor {
  checkTensor(op, "x", x);
  const [features, size] = weight.shape;
  if (x.rank === 0 || x.shape[x.rank - 1] !== size) throw misfit(op, x.shape, weight.shape);
  const [input, w] = inOneType(floating(x), weight);
  const b = bias === null ? null : bias.cast(w.dtype);
  if (x.rank === 2) return run(input, w, b, activation);
  const lead = x.shape.slice(0, -1);
  return run(input.reshape([sizeOf(lead), size]), w, b, activation).reshape([...lead, features]);
}

/** The shape of the result of `affine`. @throws ShapeError naming both shapes */
export function affineShape(op: string, shape: Shape, weight: Shape): Shape {
  if (shape.length === 0 || shape[shape.length - 1] !== weight[1]) throw misfit(op, shape, weight);
  return [...shape.slice(0, -1), weight[0]];
}

function misfit(op: string, shape: Shape, weight: Shape): ShapeError {
  const [, inFeatures] = weight;
  const whole = shape.length > 2 && sizeOf(shape.slice(1)) === inFeatures;
  return new ShapeError(
    message(
      op,
      `x ${shapeText(shape)} does not fit weight ${shapeText(weight)}, stored [out, in]; expected ${inFeatures} as x's last extent`,
      whole ? "Put a Flatten before it, or use x.flatten(1)." : undefined,
    ),
  );
}

function run(x: Tensor, weight: Tensor, bias: Tensor | null, activation: Fused | null): Tensor {
  return activation === null ? linearOp(x, weight, bias) : activatedOp(x, weight, bias, activation);
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

const activatedOp: (x: Tensor, weight: Tensor, bias: Tensor | null, activation: Fused) => Tensor = defineOp({
  name: "linear",
  inputs: ["x", "weight", "bias?"],
  save: ["x", "weight", "out"],
  shape: ({ x, weight }) => [x.shape[0], weight.shape[0]],
  forward: ({ x, weight, bias, out }, activation: Fused) => {
    const { act } = activation;
    runGemm(x, weight, out.at, { transposeA: false, transposeB: true, bias: bias?.at ?? 0, act });
    activation.finish(out);
  },
  grad: {
    x: (g, { weight, out }, activation) => gemm(activation.derivative(g, out), weight),
    weight: (g, { x, out }, activation) => gemm(activation.derivative(g, out), x, { transposeA: true, transposeB: false }),
    bias: (g, { out }, activation) => activation.derivative(g, out).sum(0),
  },
  // The activation's gradient is a pass of its own: masking g while the products pack it is slower, for they pack it more than once.
  backward: (pass, { x, weight, out }, activation) => backward(pass, activation.back(pass, out), x, weight),
});

/** The gradients of x, W and b, from the gradient g of x · Wᵀ + b. */
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
