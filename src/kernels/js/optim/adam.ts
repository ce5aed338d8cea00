import type { NumberArray } from "../../../memory/views.js";
import { ADAM_CELL } from "../../generated/constants.js";
import type { UpdateArgs } from "../../generated.js";
import { readCell, readOwn, update } from "./update.js";

/** m ← β₁m + (1 − β₁)g;  s ← β₂s + (1 − β₂)g²;  p ← (1 − lr·λ′)p − lr/(1 − β₁ᵗ) · m / (√s/√(1 − β₂ᵗ) + ε) */
export function adam(r: UpdateArgs, from: number, to: number, v: NumberArray): void {
  const { learningRate, biasCorrection1, biasCorrection2 } = readCell(r);
  const { beta1, beta2, epsilon, decoupledDecay } = readOwn(r, ADAM_CELL);
  update(r, from, to, v, (p, g, m, s, greatest) => {
    v[m] = beta1 * v[m] + (1 - beta1) * g;
    v[s] = beta2 * v[s] + (1 - beta2) * g * g;
    if (r.state3 !== 0) v[greatest] = Math.max(v[greatest], v[s]);
    const root = Math.sqrt(v[r.state3 === 0 ? s : greatest]) / Math.sqrt(biasCorrection2) + epsilon;
    v[p] = (1 - learningRate * decoupledDecay) * v[p] - ((learningRate / biasCorrection1) * v[m]) / root;
  });
}
