import type { NumberArray } from "../../../memory/views.js";
import { ASGD_CELL } from "../../generated/constants.js";
import type { UpdateArgs } from "../../generated.js";
import { readOwn, update } from "../optim/update.js";

/** p ← (1 − η·λ)p − η·g;  a ← a + share · (p − a) */
export function asgd(r: UpdateArgs, from: number, to: number, v: NumberArray): void {
  const { lambd, rate, share } = readOwn(r, ASGD_CELL);
  update(r, from, to, v, (p, g, average) => {
    v[p] = (1 - rate * lambd) * v[p] - rate * g;
    v[average] = (1 - share) * v[average] + share * v[p];
  });
}
