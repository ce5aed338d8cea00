import type { NumberArray } from "../../../memory/views.js";
import { ADAGRAD_CELL } from "../../generated/constants.js";
import type { UpdateArgs } from "../../generated.js";
import { readCell, readOwn, update } from "../optim/update.js";

/** s ← s + g²;  p ← p − lr / (1 + decay · (t − 1)) · g / (√s + ε) */
export function adagrad(r: UpdateArgs, from: number, to: number, v: NumberArray): void {
  const { learningRate, step } = readCell(r);
  const { decay, initialAccumulator, epsilon } = readOwn(r, ADAGRAD_CELL);
  const rate = learningRate / (1 + decay * (step - 1));
  update(r, from, to, v, (p, g, sum) => {
    v[sum] = (step === 1 ? initialAccumulator : v[sum]) + g * g;
    v[p] -= (rate * g) / (Math.sqrt(v[sum]) + epsilon);
  });
}
