import type { NumberArray } from "../../../memory/views.js";
import { RMSPROP_CELL } from "../../generated/constants.js";
import type { UpdateArgs } from "../../generated.js";
import { readCell, readOwn, update } from "./update.js";

/**
 * s ← ρs + (1 − ρ)g²;  d = g / (√s + ε), centered g / (√(s − m²) + ε) with m ← ρm + (1 − ρ)g;
 * p ← p − lr·d, with momentum u ← μu + d, p ← p − lr·u
 */
export function rmsprop(r: UpdateArgs, from: number, to: number, v: NumberArray): void {
  const { learningRate } = readCell(r);
  const { rho, epsilon, momentum } = readOwn(r, RMSPROP_CELL);
  update(r, from, to, v, (p, g, s, m, u) => {
    v[s] = rho * v[s] + (1 - rho) * g * g;
    let variance = v[s];
    if (r.state2 !== 0) {
      v[m] = rho * v[m] + (1 - rho) * g;
      // Rounding may leave less than nothing.
      variance = Math.max(0, variance - v[m] * v[m]);
    }
    let direction = g / (Math.sqrt(variance) + epsilon);
    if (r.state3 !== 0) {
      direction += momentum * v[u];
      v[u] = direction;
    }
    v[p] -= learningRate * direction;
  });
}
