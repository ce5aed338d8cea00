import { normalizeAxis } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";

/** Functions that turn logits into probabilities. */
export type Squashing = "softmax" | "sigmoid";

/** What probabilities were computed from. */
export interface Squashed {
  readonly name: Squashing;
  readonly logits: Tensor;
  /** That softmax ran along. */
  readonly axis: number;
}

const remembered = new WeakMap<Tensor, Squashed>();

/** Notes what a result without a graph was computed from; in a graph its node tells. @returns the result */
export function rememberLogits(result: Tensor, name: Squashing, logits: Tensor, axis: number): Tensor {
  // A scalar's softmax is 1 and has no axis.
  if (result.origin === null && logits.rank > 0) remembered.set(result, { name, logits, axis: normalizeAxis(name, axis, logits.shape) });
  return result;
}

/** What was noted, or null. */
export function recalled(result: Tensor): Squashed | null {
  return remembered.get(result) ?? null;
}
