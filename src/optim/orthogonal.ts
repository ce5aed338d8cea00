import type { Tensor } from "../tensor/tensor.js";

/**
 * A matrix with the singular vectors of g, and singular values of about 1: X = g / max(‖g‖, ε), then X ← aX + (bA + cA²)X with A = XXᵀ.
 * Each step applies the polynomial aσ + bσ³ + cσ⁵ to every singular value σ. A is the smaller of the two squares.
 */
export function nearOrthogonal(g: Tensor, [a, b, c]: readonly [number, number, number], steps: number, epsilon: number): Tensor {
  const isTall = g.shape[0] > g.shape[1];
  let x = isTall ? g.transpose() : g;
  x = x.div(x.norm().maximum(epsilon));
  for (let i = 0; i < steps; i++) {
    const square = x.matmul(x.transpose());
    x = x.mul(a).add(square.mul(b).add(square.matmul(square).mul(c)).matmul(x));
  }
  return isTall ? x.transpose() : x;
}
