import type { NumberArray } from "../../../memory/views.js";
import type { SequenceArgs, SequenceGradArgs } from "../../generated.js";
import { biasOf, counts, rowOf, sigmoid, stepsOf } from "./sequence.js";

/** c′ = σ(f)·c + σ(i)·tanh g, h′ = σ(o)·tanh c′, times the projection where there is one */
export function lstmForward(r: SequenceArgs, from: number, to: number, v: NumberArray): void {
  const { hidden: n, size } = r;
  for (let row = from; row < to; row++) {
    for (const { t, before, after, multiplies } of stepsOf(r)) {
      const [held, h, out] = [rowOf(v, r.h, before, r, row, size), rowOf(v, r.h, after, r, row, size), rowOf(v, r.out, t, r, row, size)];
      const [cell, c, inner] = [rowOf(v, r.c, before, r, row, n), rowOf(v, r.c, after, r, row, n), rowOf(v, r.inner, t, r, row, n)];
      const wide = r.wide ? rowOf(v, r.wide, t, r, row, n) : out;
      h.copy(held);
      c.copy(cell);
      wide.clear();
      out.clear();
      if (!counts(r, row, t)) continue;
      const gates = rowOf(v, r.gates, t, r, row, 4 * n);
      if (multiplies) gates.addProduct(held, r.weight);
      for (let j = 0; j < 4 * n; j++) {
        const x = gates.get(j) + biasOf(v, r.bias, j);
        gates.set(j, Math.floor(j / n) === 2 ? Math.tanh(x) : sigmoid(x));
      }
      for (let u = 0; u < n; u++) {
        const [i, f, g, o] = [0, 1, 2, 3].map((quarter) => gates.get(quarter * n + u));
        c.set(u, f * cell.get(u) + i * g);
        inner.set(u, Math.tanh(c.get(u)));
        wide.set(u, o * inner.get(u));
      }
      if (r.wide) out.addProduct(wide, r.second);
      h.copy(out);
    }
    const last = r.reverse ? 0 : r.steps;
    rowOf(v, r.hLast, 0, r, row, size).copy(rowOf(v, r.h, last, r, row, size));
    rowOf(v, r.cLast, 0, r, row, n).copy(rowOf(v, r.c, last, r, row, n));
  }
}

/** The gradients of what the gates' functions are applied to, of every projected h, and of the first state. */
export function lstmBackward(r: SequenceGradArgs, from: number, to: number, v: NumberArray): void {
  const { hidden: n, size } = r;
  for (let row = from; row < to; row++) {
    const [dh, dc] = [rowOf(v, r.dh, 0, r, row, size), rowOf(v, r.dc, 0, r, row, n)];
    for (const { t, before } of stepsOf(r).reverse()) {
      const d = rowOf(v, r.dGates, t, r, row, 4 * n);
      const sum = r.dProjected ? rowOf(v, r.dProjected, t, r, row, size) : dh;
      d.clear();
      if (!counts(r, row, t)) {
        if (r.dProjected) sum.clear();
        continue;
      }
      const g = rowOf(v, r.g, t, r, row, size);
      for (let i = 0; i < size; i++) sum.set(i, g.get(i) + dh.get(i));
      const wide = r.dProjected ? rowOf(v, r.dWide, 0, r, row, n) : sum;
      if (r.dProjected) {
        wide.clear();
        wide.addProduct(sum, r.second);
      }
      const [gates, cell, inner] = [rowOf(v, r.gates, t, r, row, 4 * n), rowOf(v, r.c, before, r, row, n), rowOf(v, r.inner, t, r, row, n)];
      for (let u = 0; u < n; u++) {
        const [i, f, c, o] = [0, 1, 2, 3].map((quarter) => gates.get(quarter * n + u));
        const tanh = inner.get(u);
        const slope = dc.get(u) + wide.get(u) * o * (1 - tanh * tanh);
        d.set(u, slope * c * i * (1 - i));
        d.set(n + u, slope * cell.get(u) * f * (1 - f));
        d.set(2 * n + u, slope * i * (1 - c * c));
        d.set(3 * n + u, wide.get(u) * tanh * o * (1 - o));
        dc.set(u, slope * f);
      }
      dh.clear();
      dh.addProduct(d, r.weight);
    }
  }
}
