import { defineOp } from "../graph/define.js";
import * as kernels from "../kernels/generated.js";
import { normalizeAxis } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { alongAxis } from "./activation.js";
import { checkTensor, floating } from "./operands.js";
import { rememberLogits } from "./squashed.js";

/**
 * Softmax along an axis: yᵢ = e^(xᵢ − m) / Σⱼ e^(xⱼ − m), m = max x.
 * Shape:     any → same
 * Gradient:  dx = y · (g − Σ g · y)
 * Entries of −∞ get 0; a row of nothing but −∞, or with +∞ or NaN, becomes NaN, as in PyTorch.
 * @param axis default the last
 * @throws IndexError for an axis outside the shape
 * @example tensor([0, 0]).softmax()   // [0.5, 0.5]
 */
export const softmax: (x: Tensor, axis?: number) => Tensor = alongAxis("softmax", (x, axis) =>
  rememberLogits(alongLast("softmax", x, axis, softmaxOp), "softmax", x, axis),
);

/**
 * Log of softmax along an axis: yᵢ = xᵢ − m − log Σⱼ e^(xⱼ − m).
 * Shape:     any → same
 * Gradient:  dx = g − e^y · Σ g
 * Entries of −∞ stay; a row of nothing but −∞, or with +∞ or NaN, becomes NaN, as in PyTorch.
 * @param axis default the last
 * @throws IndexError for an axis outside the shape
 * @example tensor([0, 0]).logSoftmax()   // [-0.6931, -0.6931]
 */
export const logSoftmax: (x: Tensor, axis?: number) => Tensor = alongAxis("logSoftmax", (x, axis) =>
  alongLast("logSoftmax", x, axis, logSoftmaxOp),
);

/** The kernels work on rows: another axis is moved last and back. */
function alongLast(op: string, x: Tensor, axis: number, rows: (x: Tensor) => Tensor): Tensor {
  checkTensor(op, "x", x);
  if (x.rank === 0) return alongLast(op, x.reshape([1]), axis, rows).reshape([]);
  const at = normalizeAxis(op, axis, x.shape);
  if (at === x.rank - 1) return rows(floating(x));
  return rows(floating(x).transpose(at, -1)).transpose(at, -1);
}

type RowsKernel = typeof kernels.softmaxRows;

function forward(kernel: RowsKernel, x: Tensor, out: Tensor): void {
  const columns = x.shape[x.rank - 1];
  if (x.size > 0) kernel({ x: x.at, out: out.at, columns }, 0, x.size / columns, x.dtype);
}

function backward(kernel: typeof kernels.softmaxRowsGrad, g: Tensor, y: Tensor, out: Tensor): void {
  const columns = y.shape[y.rank - 1];
  if (y.size > 0) kernel({ y: y.at, g: g.at, out: out.at, columns }, 0, y.size / columns, y.dtype);
}

const softmaxOp: (x: Tensor) => Tensor = defineOp({
  name: "softmax",
  inputs: ["x"],
  save: ["out"],
  shape: ({ x }) => x.shape,
  forward: ({ x, out }) => forward(kernels.softmaxRows, x, out),
  grad: { x: (g, { out }) => softmaxGrad(g, out) },
});

const softmaxGrad: (g: Tensor, y: Tensor) => Tensor = defineOp({
  name: "softmaxGrad",
  inputs: ["g", "y"],
  save: ["g", "y"],
  shape: ({ y }) => y.shape,
  forward: ({ g, y, out }) => backward(kernels.softmaxRowsGrad, g, y, out),
  grad: {
    g: (gg, { y }) => softmaxGrad(gg, y),
    // y · (g − Σ g·y): the product rule over both places of y.
    y: (gg, { g, y }) => gg.mul(g.sub(g.mul(y).sum(-1, { keepDims: true }))).sub(g.mul(gg.mul(y).sum(-1, { keepDims: true }))),
  },
});

const logSoftmaxOp: (x: Tensor) => Tensor = defineOp({
  name: "logSoftmax",
  inputs: ["x"],
  save: ["out"],
  shape: ({ x }) => x.shape,
  forward: ({ x, out }) => forward(kernels.logSoftmaxRows, x, out),
  grad: { x: (g, { out }) => logSoftmaxGrad(g, out) },
});

const logSoftmaxGrad: (g: Tensor, y: Tensor) => Tensor = defineOp({
  name: "logSoftmaxGrad",
  inputs: ["g", "y"],
  save: ["g", "y"],
  shape: ({ y }) => y.shape,
  forward: ({ g, y, out }) => backward(kernels.logSoftmaxRowsGrad, g, y, out),
  grad: {
    g: (gg, { y }) => gg.sub(gg.mul(y.exp()).sum(-1, { keepDims: true })),
    y: (gg, { g, y }) =>
      gg
        .mul(y.exp())
        .mul(g.sum(-1, { keepDims: true }))
        .neg(),
  },
});
