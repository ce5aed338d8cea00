import type { Tensor } from "../tensor/tensor.js";
import { layerNorm } from "./layerNorm.js";

interface Attributes {
  /** Divides the channels. */
  readonly groups: number;
  readonly epsilon: number;
}

/**
 * y = (x − mean) / √(variance + ε) · weight + bias, with the mean and the biased variance of each group of channels of each sample.
 * Shape:     x [n, channels, ...], weight and bias [channels] or null → as x
 * Gradient:  dbias = Σ g, dweight = Σ g · x̂ of each channel; dx as layerNorm's, of g · weight
 * Wu and He, arXiv 1803.08494, 2018.
 * @internal
 */
export function groupNorm(x: Tensor, weight: Tensor | null, bias: Tensor | null, { groups, epsilon }: Attributes): Tensor {
  const [n, channels, ...axes] = x.shape;
  const size = axes.reduce((product, extent) => product * extent, channels / groups);
  const normal = layerNorm(x.reshape([n, groups, size]), null, null, { axes: 1, epsilon }).reshape(x.shape);
  const along = (values: Tensor): Tensor => values.reshape([channels, ...axes.map(() => 1)]);
  const scaled = weight === null ? normal : normal.mul(along(weight));
  return bias === null ? scaled : scaled.add(along(bias));
}
