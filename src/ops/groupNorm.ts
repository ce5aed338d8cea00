import { ones, zeros } from "../tensor/creation.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Fused } from "./activation.js";
import { batchNormEval } from "./batchNorm.js";
import { layerNorm } from "./layerNorm.js";

interface Attributes {
  /** Divides the channels. */
  readonly groups: number;
  readonly epsilon: number;
  /** What is applied to the result; null: nothing. */
  readonly activation: Fused | null;
}

/**
 * y = (x − mean) / √(variance + ε) · weight + bias, with the mean and the biased variance of each group of channels of each sample.
 * Shape:     x [n, channels, ...], weight and bias [channels] or null → as x
 * Gradient:  dbias = Σ g, dweight = Σ g · x̂ of each channel; dx as layerNorm's, of g · weight
 * Wu and He, arXiv 1803.08494, 2018.
 * @internal
 */
export function groupNorm(x: Tensor, weight: Tensor | null, bias: Tensor | null, { groups, epsilon, activation }: Attributes): Tensor {
  const [n, channels, ...axes] = x.shape;
  const size = axes.reduce((product, extent) => product * extent, channels / groups);
  const normal = layerNorm(x.reshape([n, groups, size]), null, null, { axes: 1, epsilon }).reshape(x.shape);
  if (weight === null && bias === null && activation === null) return normal;
  // What is normalised has mean 0 and variance 1: by these, batch norm's kernels are an affine map of channels, and all its gradients.
  const standard = { mean: zeros([channels]), variance: ones([channels]), batches: null };
  return batchNormEval(normal, weight, bias, standard, { epsilon: 0, momentum: null, activation });
}
