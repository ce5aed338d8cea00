import { defineOp } from "../graph/define.js";
import { CHUNK, CHUNKED_FROM } from "../kernels/generated/constants.js";
import * as kernels from "../kernels/generated.js";
import { allocateTemporary, releaseTemporary } from "../memory/heap.js";
import type { DType } from "../memory/views.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Reduction } from "./crossEntropy.js";

/** A loss of a prediction and a target of one shape and type, with its reduction in one operation. */
export type FusedLoss = (prediction: Tensor, target: Tensor, attributes: { reduction: Reduction }) => Tensor;

type Kernel<R> = (args: R, from: number, to: number, dtype?: DType) => void;

interface Family {
  each: Kernel<kernels.LossArgs>;
  sum: Kernel<kernels.LossSumArgs>;
  chunks: Kernel<kernels.LossChunksArgs>;
  gradient: Kernel<kernels.LossGradArgs>;
  /** The derivatives of one loss, in operations. */
  byPrediction: (x: Tensor, y: Tensor) => Tensor;
  byTarget: (x: Tensor, y: Tensor) => Tensor;
  /** The second is the first with the other sign. */
  opposite: boolean;
}

function lossOp(name: string, { each, sum, chunks, gradient, byPrediction, byTarget, opposite }: Family): FusedLoss {
  const factorOf = (size: number, reduction: Reduction) => (reduction === "mean" ? 1 / size : 1);
  return defineOp({
    name,
    inputs: ["prediction", "target"],
    save: ["prediction", "target"],
    shape: ({ prediction }, { reduction }: { reduction: Reduction }) => (reduction === "none" ? prediction.shape : []),
    forward: ({ prediction: { at: x, size, dtype }, target: { at: y }, out }, { reduction }) => {
      if (reduction === "none") return each({ x, y, out: out.at }, 0, size, dtype);
      const divisor = reduction === "mean" ? size : 1;
      if (size < CHUNKED_FROM) return sum({ x, y, out: out.at, length: size, divisor }, 0, 1, dtype);
      const length = Math.ceil(size / CHUNK);
      const partials = allocateTemporary(8 * length);
      chunks({ x, y, out: partials, length: size }, 0, length, dtype);
      kernels.sumPartials({ x: partials, out: out.at, length, divisor, beta: 0 }, 0, 1, dtype);
      releaseTemporary(partials, 8 * length);
    },
    grad: {
      prediction: (g, { prediction, target }, { reduction }) =>
        byPrediction(prediction, target).mul(factorOf(prediction.size, reduction)).mul(g),
      target: (g, { prediction, target }, { reduction }) => byTarget(prediction, target).mul(factorOf(prediction.size, reduction)).mul(g),
    },
    backward: (pass, { prediction, target }, { reduction }) => {
      const { g } = pass;
      const { size, dtype } = prediction;
      const factor = factorOf(size, reduction);
      const record = { x: prediction.at, y: target.at, g: g.at, gPerElement: Number(reduction === "none") };
      if (pass.wanted("prediction")) gradient({ ...record, out: pass.whole("prediction").at, scale: factor }, 0, size, dtype);
      if (!pass.wanted("target")) return;
      if (opposite) gradient({ ...record, out: pass.whole("target").at, scale: -factor }, 0, size, dtype);
      else pass.deliver(pass.node.named.target as Tensor, byTarget(prediction, target).mul(factor).mul(g));
    },
  });
}

/** (x − y)² */
export const squaredError: FusedLoss = lossOp("mse", {
  each: kernels.squaredError,
  sum: kernels.squaredErrorSum,
  chunks: kernels.squaredErrorChunks,
  gradient: kernels.squaredErrorGrad,
  byPrediction: (x, y) => x.sub(y).mul(2),
  byTarget: (x, y) => y.sub(x).mul(2),
  opposite: true,
});

/** −y ln σ(x) − (1 − y) ln(1 − σ(x)) of logits x. */
export const logisticLoss: FusedLoss = lossOp("binaryCrossEntropy", {
  each: kernels.binaryCrossEntropy,
  sum: kernels.binaryCrossEntropySum,
  chunks: kernels.binaryCrossEntropyChunks,
  gradient: kernels.binaryCrossEntropyGrad,
  // σ(x) − y, without losing its digits where it is small.
  byPrediction: (x, y) => x.sigmoid().mul(y.neg().add(1)).sub(x.neg().sigmoid().mul(y)),
  byTarget: (x) => x.neg(),
  opposite: false,
});
