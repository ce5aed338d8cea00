import type { NumberArray } from "../../../memory/views.js";
import { RPROP_CELL } from "../../generated/constants.js";
import type { UpdateArgs } from "../../generated.js";
import { readCell, readOwn, update } from "../optim/update.js";

/**
 * s ← s·η₊ where the gradient has the sign of the last, s·η₋ where it has the other, within the least and greatest step; where it has the
 * other, g counts as 0;  p ← p − s·sign(g)
 */
export function rprop(r: UpdateArgs, from: number, to: number, v: NumberArray): void {
  const { learningRate, step } = readCell(r);
  const { etaMinus, etaPlus, minStep, maxStep } = readOwn(r, RPROP_CELL);
  update(r, from, to, v, (p, g, last, s) => {
    const same = g * v[last];
    const factor = same > 0 ? etaPlus : same < 0 ? etaMinus : 1;
    v[s] = Math.max(minStep, Math.min(maxStep, step === 1 ? learningRate : v[s] * factor));
    v[last] = same < 0 ? 0 : g;
    v[p] -= v[s] * Math.sign(v[last]);
  });
}
