import type { NumberArray } from "../../../memory/views.js";
import { Activation } from "../../generated/constants.js";
import type { SequenceArgs, SequenceGradArgs } from "../../generated.js";
import { biasOf, counts, rowOf, stepsOf } from "./sequence.js";

/** h′ = act(a + h·Wᵀ + b) */
export function rnnForward(r: SequenceArgs, from: number, to: number, v: NumberArray): void {
  const n = r.hidden;
  for (let row = from; row < to; row++) {
    for (const { t, before, after, multiplies } of stepsOf(r)) {
      const [held, next] = [rowOf(v, r.h, before, r, row, n), rowOf(v, r.h, after, r, row, n)];
      const out = rowOf(v, r.out, t, r, row, n);
      const gates = rowOf(v, r.gates, t, r, row, n);
      next.copy(held);
      out.clear();
      if (!counts(r, row, t)) continue;
      if (multiplies) gates.addProduct(held, r.weight);
      for (let i = 0; i < n; i++) {
        const x = gates.get(i) + biasOf(v, r.bias, i);
        gates.set(i, r.act === Activation.Relu ? (x < 0 ? 0 : x) : Math.tanh(x));
      }
      next.copy(gates);
      out.copy(gates);
    }
    rowOf(v, r.hLast, 0, r, row, n).copy(rowOf(v, r.h, r.reverse ? 0 : r.steps, r, row, n));
  }
}

/** d = (g + dh) · act′, dh before = d·W */
export function rnnBackward(r: SequenceGradArgs, from: number, to: number, v: NumberArray): void {
  const n = r.hidden;
  for (let row = from; row < to; row++) {
    const dh = rowOf(v, r.dh, 0, r, row, n);
    for (const { t } of stepsOf(r).reverse()) {
      const [d, g, gates] = [r.dGates, r.g, r.gates].map((at) => rowOf(v, at, t, r, row, n));
      d.clear();
      if (!counts(r, row, t)) continue;
      for (let i = 0; i < n; i++) {
        const y = gates.get(i);
        const sum = g.get(i) + dh.get(i);
        d.set(i, r.act === Activation.Relu ? (y > 0 ? sum : 0) : sum * (1 - y * y));
      }
      dh.clear();
      dh.addProduct(d, r.weight);
    }
  }
}
