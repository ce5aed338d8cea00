import { differentiate } from "../graph/engine.js";
import { participates } from "../graph/node.js";
import { ones } from "../tensor/creation.js";
import type { Tensor } from "../tensor/tensor.js";
import { sampleOf } from "./sample.js";

/** Gradients by parameters: of large ones the elements that are looked at. */
export type GradientSamples = ReadonlyMap<Tensor, Float64Array>;

/**
 * The gradients of a loss by all that it depends on, collected beside the parameters' own, which stay as they are. The loss's graph is consumed.
 * @param reached is told each result on the way and its gradient
 */
export function gradientsOf(loss: Tensor, reached: (result: Tensor, gradient: Tensor) => void = () => {}): GradientSamples {
  const found = new Map<Tensor, Float64Array>();
  if (!loss.requiresGrad) return found;
  const collect = (leaf: Tensor, gradient: Tensor): void => {
    const sample = sampleOf(gradient.view());
    const sum = found.get(leaf);
    if (sum === undefined) found.set(leaf, sample);
    else for (let i = 0; i < sum.length; i++) sum[i] += sample[i];
  };
  const seed = ones([...loss.shape], { dtype: loss.dtype });
  differentiate({
    ...{ seeds: [[loss, seed]], createGraph: false, retainGraph: false },
    ...{ wanted: participates, sink: collect, direct: false, reached },
  });
  return found;
}
