import type { NumberArray } from "../../../memory/views.js";
import { ADAMAX_CELL } from "../../generated/constants.js";
import type { UpdateArgs } from "../../generated.js";
import { readCell, readOwn, update } from "../optim/update.js";

/** m ← β₁m + (1 − β₁)g;  u ← max(β₂u, |g| + ε);  p ← p − lr/(1 − β₁ᵗ) · m / u */
export function adamax(r: UpdateArgs, from: number, to: number, v: NumberArray): void {
  const { learningRate, biasCorrection1 } = readCell(r);
  const { beta1, beta2, epsilon } = readOwn(r, ADAMAX_CELL);
  update(r, from, to, v, (p, g, m, u) => {
    v[m] = beta1 * v[m] + (1 - beta1) * g;
    v[u] = Math.max(beta2 * v[u], Math.abs(g) + epsilon);
    v[p] -= ((learningRate / biasCorrection1) * v[m]) / v[u];
  });
}
