import type { NumberArray } from "../../../memory/views.js";
import { LION_CELL } from "../../generated/constants.js";
import type { UpdateArgs } from "../../generated.js";
import { readCell, readOwn, update } from "../optim/update.js";

/** d = sign(β₁m + (1 − β₁)g);  m ← β₂m + (1 − β₂)g;  p ← (1 − lr·λ)p − lr·d */
export function lion(r: UpdateArgs, from: number, to: number, v: NumberArray): void {
  const { learningRate } = readCell(r);
  const { beta1, beta2, decoupledDecay } = readOwn(r, LION_CELL);
  update(r, from, to, v, (p, g, m) => {
    const direction = Math.sign(beta1 * v[m] + (1 - beta1) * g);
    v[m] = beta2 * v[m] + (1 - beta2) * g;
    v[p] = (1 - learningRate * decoupledDecay) * v[p] - learningRate * direction;
  });
}
