import { ArgumentError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { defineOp } from "../graph/define.js";
import type { BackwardPass } from "../graph/pass.js";
import { Activation } from "../kernels/generated/constants.js";
import * as kernels from "../kernels/generated.js";
import { type Shape, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Fused } from "./activation.js";
import { assign } from "./inplace.js";

/** Means and variances that training moves and evaluation uses, [channels] each. */
export interface RunningStatistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
  /** int32 scalar: the batches that they have seen; null: they are not counted. */
  readonly batches: Tensor | null;
}

export interface BatchNormAttributes {
  /** ε, added to the variance. */
  readonly epsilon: number;
  /** Weight of the new value in the running statistics; null: they are the mean of all batches. */
  readonly momentum: number | null;
  /** What is applied to the result; null: nothing. */
  readonly activation: Fused | null;
}

/**
 * y = (x − mean) / √(variance + ε) · weight + bias with the mean and the biased variance of each channel of the batch; running
 * statistics, if given, move towards them (the variance unbiased).
 * Shape:     x [n, channels, ...], weight and bias [channels] or null → as x
 * Gradient:  dbias = Σ g, dweight = Σ g · x̂, dx = weight · s · (g − mean g − x̂ · mean(g · x̂)), s = 1 / √(variance + ε)
 * @throws ArgumentError for fewer than two values a channel
 * Ioffe and Szegedy, ICML 2015.
 * @internal
 */
export function batchNorm(
  x: Tensor,
  weight: Tensor | null,
  bias: Tensor | null,
  running: RunningStatistics | null,
  attributes: BatchNormAttributes,
): Tensor {
  if (running === null) return training(x, weight, bias, null, null, null, attributes);
  const { mean, variance, batches } = running;
  const [meanHere, varianceHere] = [mean.cast(x.dtype), variance.cast(x.dtype)];
  const out = training(x, weight, bias, meanHere, varianceHere, batches, attributes);
  // Statistics of another element type moved in a copy.
  if (meanHere !== mean) assign(mean, meanHere);
  if (varianceHere !== variance) assign(variance, varianceHere);
  return out;
}

/**
 * The same with constant statistics, in evaluation: an affine map of each channel.
 * Gradient:  dbias = Σ g, dweight = Σ g · x̂, dx = weight · s · g
 * @internal
 */
export function batchNormEval(
  x: Tensor,
  weight: Tensor | null,
  bias: Tensor | null,
  running: RunningStatistics,
  attributes: BatchNormAttributes,
): Tensor {
  return evaluation(x, weight, bias, running.mean.cast(x.dtype), running.variance.cast(x.dtype), attributes);
}

type Affine = { x: Tensor; weight: Tensor | null; bias: Tensor | null };

const training: (
  x: Tensor,
  weight: Tensor | null,
  bias: Tensor | null,
  runningMean: Tensor | null,
  runningVar: Tensor | null,
  batches: Tensor | null,
  attributes: BatchNormAttributes,
) => Tensor = defineOp({
  name: "batchNorm",
  inputs: ["x", "weight?", "bias?", "runningMean?", "runningVar?", "batches?"],
  save: ["x", "weight", "out"],
  shape: ({ x }, _: BatchNormAttributes) => {
    if (x.size / x.shape[1] > 1) return x.shape;
    throw new ArgumentError(
      message(
        "batchNorm",
        `x ${shapeText(x.shape)} has ${x.size / x.shape[1]} values per channel; training needs more than 1 value per channel`,
        "Leave a last batch of one sample out with dropLast: true (of fit or batches), or call eval() on the model to use the running statistics.",
      ),
    );
  },
  workspace: ({ x }) => 2 * x.shape[1],
  forward: ({ x, weight, bias, runningMean, runningVar, batches, workspace, out }, attributes) => {
    if (batches !== null) {
      kernels.countUp({ count: batches.at }, 0, 1);
      changed(batches);
    }
    const own = { x, weight, bias, runningMean, runningVar, workspace, out };
    kernels.batchNorm(record(own, batches, attributes), 0, x.shape[1], x.dtype);
    attributes.activation?.finish(out);
    if (runningMean !== null) changed(runningMean);
    if (runningVar !== null) changed(runningVar);
  },
  grad: {
    x: (g, { x, weight, out }, { epsilon, activation }) => {
      const { centered, scale } = ofBatch(x, epsilon);
      const normal = centered.mul(scale);
      const h = through(g, out, activation);
      const axes = allButChannel(x.shape);
      const dx = h.sub(h.mean(axes, { keepDims: true })).sub(normal.mul(h.mul(normal).mean(axes, { keepDims: true })));
      return weighted(dx.mul(scale), weight);
    },
    weight: (g, { x, out }, { epsilon, activation }) => {
      const { centered, scale } = ofBatch(x, epsilon);
      return through(g, out, activation).mul(centered.mul(scale)).sum(allButChannel(x.shape));
    },
    bias: (g, { out }, { activation }) => through(g, out, activation).sum(allButChannel(g.shape)),
  },
  backward: (pass, saved, { activation }) => gradients(pass, saved, { activation, training: true }),
});

const evaluation: (
  x: Tensor,
  weight: Tensor | null,
  bias: Tensor | null,
  runningMean: Tensor,
  runningVar: Tensor,
  attributes: BatchNormAttributes,
) => Tensor = defineOp({
  name: "batchNormEval",
  inputs: ["x", "weight?", "bias?", "runningMean", "runningVar"],
  save: ["x", "weight", "out", "runningMean", "runningVar"],
  shape: ({ x }, _: BatchNormAttributes) => x.shape,
  workspace: ({ x }) => 2 * x.shape[1],
  forward: (operands, attributes) => {
    const { x, out } = operands;
    kernels.batchNormEval(record(operands, null, attributes), 0, x.shape[1], x.dtype);
    attributes.activation?.finish(out);
  },
  grad: {
    x: (g, { weight, out, runningVar }, { epsilon, activation }) =>
      weighted(through(g, out, activation).mul(alongChannel(inverseRoot(runningVar, epsilon), g)), weight),
    weight: (g, { x, out, runningMean, runningVar }, { epsilon, activation }) => {
      const normal = x.sub(alongChannel(runningMean, x)).mul(alongChannel(inverseRoot(runningVar, epsilon), x));
      return through(g, out, activation).mul(normal).sum(allButChannel(x.shape));
    },
    bias: (g, { out }, { activation }) => through(g, out, activation).sum(allButChannel(g.shape)),
  },
  backward: (pass, saved, { activation }) => gradients(pass, saved, { activation, training: false }),
});

/** The view [outer, channels, inner]. */
function view({ shape }: { readonly shape: Shape }): { outer: number; channels: number; inner: number } {
  return { outer: shape[0], channels: shape[1], inner: sizeOf(shape.slice(2)) };
}

function record(
  operands: Affine & { runningMean: Tensor | null; runningVar: Tensor | null; workspace: Tensor; out: Tensor },
  batches: Tensor | null,
  { epsilon, momentum, activation }: BatchNormAttributes,
): kernels.BatchNormArgs {
  const { x, weight, bias, runningMean, runningVar, workspace, out } = operands;
  return {
    x: x.at,
    weight: weight?.at ?? 0,
    bias: bias?.at ?? 0,
    out: out.at,
    saved: workspace.at,
    runningMean: runningMean?.at ?? 0,
    runningVar: runningVar?.at ?? 0,
    count: batches?.at ?? 0,
    ...view(x),
    act: activation?.act ?? Activation.None,
    epsilon,
    // Without statistics nothing is weighed, and there may be no count.
    momentum: runningMean === null ? 0 : (momentum ?? -1),
  };
}

function gradients(
  pass: BackwardPass<"x" | "weight" | "bias">,
  { x, weight, out, workspace }: { x: Tensor; weight: Tensor | null; out: Tensor; workspace: Tensor },
  { activation, training }: { activation: Fused | null; training: boolean },
): void {
  const act = activation?.act ?? Activation.None;
  // The kernel looks through the activations that it applies itself; g of the others is taken back in a pass of its own.
  const g = activation === null || act !== Activation.None ? pass.g : activation.back(pass, out);
  const toWeight = pass.wanted("weight") ? pass.into("weight") : null;
  const toBias = pass.wanted("bias") ? pass.into("bias") : null;
  const toX = pass.wanted("x") ? pass.whole("x") : null;
  kernels.batchNormGrad(
    {
      g: g.at,
      x: x.at,
      y: out.at,
      weight: weight?.at ?? 0,
      saved: workspace.at,
      out: toX?.at ?? 0,
      weightGrad: toWeight?.at ?? 0,
      biasGrad: toBias?.at ?? 0,
      ...view(x),
      act,
      training: training ? 1 : 0,
      weightBeta: toWeight?.beta ?? 0,
      biasBeta: toBias?.beta ?? 0,
    },
    0,
    x.shape[1],
    x.dtype,
  );
}

/** Notes that a kernel changed a buffer in place. */
function changed(buffer: Tensor): void {
  buffer.storage.host?.set(buffer.view());
  buffer.storage.changed("batchNorm");
}

function allButChannel(shape: Shape): number[] {
  return shape.map((_, axis) => axis).filter((axis) => axis !== 1);
}

/** [channels] → [1, channels, 1, …] beside x. */
function alongChannel(values: Tensor, x: { readonly shape: Shape }): Tensor {
  return values.reshape(x.shape.map((extent, axis) => (axis === 1 ? extent : 1)));
}

function ofBatch(x: Tensor, epsilon: number): { centered: Tensor; scale: Tensor } {
  const axes = allButChannel(x.shape);
  const centered = x.sub(x.mean(axes, { keepDims: true }));
  return { centered, scale: inverseRoot(centered.mul(centered).mean(axes, { keepDims: true }), epsilon) };
}

function inverseRoot(variance: Tensor, epsilon: number): Tensor {
  return variance.add(epsilon).sqrt().reciprocal();
}

function weighted(gradient: Tensor, weight: Tensor | null): Tensor {
  return weight === null ? gradient : gradient.mul(alongChannel(weight, gradient));
}

/** The gradient in front of the activation. */
function through(g: Tensor, out: Tensor, activation: Fused | null): Tensor {
  return activation === null ? g : activation.derivative(g, out);
}
