import { differentiate } from "../graph/engine.js";
import { within } from "../graph/mode.js";
import { participates } from "../graph/node.js";
import { addGradients } from "../graph/sum.js";
import { ones } from "../tensor/creation.js";
import type { Tensor } from "../tensor/tensor.js";

/**
 * The gradients of a loss by all that it depends on, collected beside the parameters' own, which stay as they are. The loss's graph is consumed.
 * @param reached is told each result on the way and its gradient
 */
export function gradientsOf(loss: Tensor, reached: (result: Tensor, gradient: Tensor) => void = () => {}): Map<Tensor, Tensor> {
  const found = new Map<Tensor, Tensor>();
  if (!loss.requiresGrad) return found;
  const collect = (leaf: Tensor, gradient: Tensor): void => {
    const before = found.get(leaf);
    const sum = within(null, false, () => (before === undefined ? addGradients(gradient, null) : addGradients(before, gradient)));
    found.set(leaf, sum);
  };
  const seed = ones([...loss.shape], { dtype: loss.dtype });
  differentiate({
    ...{ seeds: [[loss, seed]], createGraph: false, retainGraph: false },
    ...{ wanted: participates, sink: collect, direct: false, reached },
  });
  return found;
}
