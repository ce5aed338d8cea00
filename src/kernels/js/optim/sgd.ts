import type { NumberArray } from "../../../memory/views.js";
import { SGD_CELL } from "../../generated/constants.js";
import type { UpdateArgs } from "../../generated.js";
import { readCell, readOwn, update } from "./update.js";

/** v ← μv + (1 − τ)g, at the first step v ← g;  p ← p − lr·v, with Nesterov p − lr·(g + μv); without v  p ← p − lr·g */
export function sgd(r: UpdateArgs, from: number, to: number, v: NumberArray): void {
  const { learningRate, step } = readCell(r);
  const { momentum, dampening, nesterov } = readOwn(r, SGD_CELL);
  update(r, from, to, v, (p, g, velocity) => {
    let direction = g;
    if (r.state1 !== 0) {
      v[velocity] = step === 1 ? g : momentum * v[velocity] + (1 - dampening) * g;
      direction = nesterov ? g + momentum * v[velocity] : v[velocity];
    }
    v[p] -= learningRate * direction;
  });
}
