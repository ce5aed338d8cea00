import type { NumberArray } from "../../../memory/views.js";
import { NADAM_CELL } from "../../generated/constants.js";
import type { UpdateArgs } from "../../generated.js";
import { readCell, readOwn, update } from "../optim/update.js";

/**
 * m ← β₁m + (1 − β₁)g;  s ← β₂s + (1 − β₂)g²;
 * p ← (1 − lr·λ′)p − lr · ((1 − μ)/(1 − Πμ) · g + μ′/(1 − Πμ·μ′) · m) / (√(s/(1 − β₂ᵗ)) + ε)
 */
export function nadam(r: UpdateArgs, from: number, to: number, v: NumberArray): void {
  const { learningRate, biasCorrection1, biasCorrection2 } = readCell(r);
  const { beta1, beta2, epsilon, decoupledDecay, momentum, nextMomentum } = readOwn(r, NADAM_CELL);
  const forGradient = (1 - momentum) / biasCorrection1;
  const forMoment = nextMomentum / (1 - (1 - biasCorrection1) * nextMomentum);
  update(r, from, to, v, (p, g, m, s) => {
    v[m] = beta1 * v[m] + (1 - beta1) * g;
    v[s] = beta2 * v[s] + (1 - beta2) * g * g;
    const direction = (forGradient * g + forMoment * v[m]) / (Math.sqrt(v[s] / biasCorrection2) + epsilon);
    v[p] = (1 - learningRate * decoupledDecay) * v[p] - learningRate * direction;
  });
}
