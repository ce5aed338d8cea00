import type { NumberArray } from "../../../memory/views.js";
import { ADADELTA_CELL } from "../../generated/constants.js";
import type { UpdateArgs } from "../../generated.js";
import { readCell, readOwn, update } from "../optim/update.js";

/** s ← ρs + (1 − ρ)g²;  d = √(u + ε) / √(s + ε) · g;  u ← ρu + (1 − ρ)d²;  p ← p − lr·d */
export function adadelta(r: UpdateArgs, from: number, to: number, v: NumberArray): void {
  const { learningRate } = readCell(r);
  const { rho, epsilon } = readOwn(r, ADADELTA_CELL);
  update(r, from, to, v, (p, g, s, u) => {
    v[s] = rho * v[s] + (1 - rho) * g * g;
    const d = (Math.sqrt(v[u] + epsilon) / Math.sqrt(v[s] + epsilon)) * g;
    v[u] = rho * v[u] + (1 - rho) * d * d;
    v[p] -= learningRate * d;
  });
}
