import { randn } from "../../tensor/random.js";
import { type Seed, underSeed } from "../../tensor/seed.js";
import type { Tensor } from "../../tensor/tensor.js";

/** Keeps the quotient finite for a filter of zeros. */
const EPSILON = 1e-10;

/**
 * A random direction in the space of a model's parameters, filter-normalised: each filter of it has the norm of the model's filter,
 * dᵢ ← dᵢ / ‖dᵢ‖ · ‖θᵢ‖. A filter is what makes one output, the part of a weight at one index of its first axis. So a step along the
 * direction means the same to networks of different scales. Parameters of one axis, which are biases and those of normalisations, stay
 * where they are: their part is null.
 *
 * Li et al., "Visualizing the Loss Landscape of Neural Nets", NeurIPS 2018, section 4; their code with `dir_type='weights'`,
 * `norm='filter'`, `ignore='biasbn'`.
 */
export function filterNormalised(parameters: readonly Tensor[], seed: Seed): (Float64Array | null)[] {
  return parameters.map((parameter) => {
    if (parameter.rank < 2) return null;
    const direction = Float64Array.from(underSeed(seed, () => randn(parameter.shape)).view());
    const weights = parameter.view();
    const length = parameter.size / parameter.shape[0];
    for (let from = 0; from < direction.length; from += length) {
      const scale = norm(weights, from, from + length) / (norm(direction, from, from + length) + EPSILON);
      for (let i = from; i < from + length; i++) direction[i] *= scale;
    }
    return direction;
  });
}

function norm(values: ArrayLike<number>, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i] * values[i];
  return Math.sqrt(sum);
}
