import { noGrad } from "../graph/mode.js";
import { ones, zeros } from "../tensor/creation.js";
import { isRepeating } from "../tensor/recompute.js";
import type { Tensor } from "../tensor/tensor.js";
import { gt, where } from "./compare.js";
import { assign } from "./inplace.js";

/** What a row is divided by beside its norm, as PyTorch does. */
const TINY = 1e-7;

/**
 * Scales the rows of a table that are looked up to a norm of at most maxNorm, in place; the others stay.
 * @param weight [count, size]
 * @param index int32, of any shape
 * @internal
 */
export function renormalize(weight: Tensor, index: Tensor, maxNorm: number, normType: number): void {
  // The second forward of a recomputation finds the rows as the first has left them.
  if (isRepeating()) return;
  noGrad(() => {
    const [count] = weight.shape;
    const used = zeros([count, 1]).scatterAdd(0, index.reshape([index.size, 1]), ones([index.size, 1]));
    const norms = weight.norm(1, { p: normType, keepDims: true });
    const scale = where(gt(used, 0), norms.add(TINY).reciprocal().mul(maxNorm), 1);
    assign(weight, weight.mul(where(gt(norms, maxNorm), scale, 1)));
  });
}
