import type { NumberArray } from "../../../memory/views.js";
import { RADAM_CELL } from "../../generated/constants.js";
import type { UpdateArgs } from "../../generated.js";
import { readCell, readOwn, update } from "../optim/update.js";

/**
 * m ← β₁m + (1 − β₁)g;  s ← β₂s + (1 − β₂)g²;
 * p ← (1 − lr·λ′)p − lr/(1 − β₁ᵗ) · r · m / ((√s + ε)/√(1 − β₂ᵗ)), or while ρ ≤ 5 without the quotient and r
 */
export function radam(r: UpdateArgs, from: number, to: number, v: NumberArray): void {
  const { learningRate, step, biasCorrection1, biasCorrection2 } = readCell(r);
  const { beta1, beta2, epsilon, decoupledDecay } = readOwn(r, RADAM_CELL);
  const most = 2 / (1 - beta2) - 1;
  const rho = most - (2 * step * (1 - biasCorrection2)) / biasCorrection2;
  const rectification = Math.sqrt(((rho - 4) * (rho - 2) * most) / ((most - 4) * (most - 2) * rho));
  update(r, from, to, v, (p, g, m, s) => {
    v[m] = beta1 * v[m] + (1 - beta1) * g;
    v[s] = beta2 * v[s] + (1 - beta2) * g * g;
    const factor = rho > 5 ? (rectification * Math.sqrt(biasCorrection2)) / (Math.sqrt(v[s]) + epsilon) : 1;
    v[p] = (1 - learningRate * decoupledDecay) * v[p] - (learningRate / biasCorrection1) * v[m] * factor;
  });
}
