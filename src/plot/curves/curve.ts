import { grad } from "../../graph/backward.js";
import { linspace } from "../../tensor/creation.js";
import type { Tensor } from "../../tensor/tensor.js";

/** A function of one number at places that lie evenly, with its derivative. */
export interface Curve {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly slope: readonly number[];
}

/**
 * A function at places from one end to the other, and the derivative that backward computes of it, in float64.
 * @param f of a tensor [n], element by element → [n]
 */
export function curveOf(f: (x: Tensor) => Tensor, from: number, to: number, points: number): Curve {
  const x = linspace(from, to, points, { dtype: "float64", requiresGrad: true });
  const y = f(x);
  const [slope] = grad(y.sum(), [x]);
  return { x: [...x.data], y: [...y.data], slope: [...slope.data] };
}
