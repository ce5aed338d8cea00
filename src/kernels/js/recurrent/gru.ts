import type { NumberArray } from "../../../memory/views.js";
import type { SequenceArgs, SequenceGradArgs } from "../../generated.js";
import { biasOf, counts, rowOf, sigmoid, stepsOf } from "./sequence.js";

/** r, z = σ(a + b), n = tanh(aₙ + r·bₙ), h′ = n + z·(h − n) */
export function gruForward(r: SequenceArgs, from: number, to: number, v: NumberArray): void {
  const n = r.hidden;
  for (let row = from; row < to; row++) {
    for (const { t, before, after, multiplies } of stepsOf(r)) {
      const [held, h, out] = [rowOf(v, r.h, before, r, row, n), rowOf(v, r.h, after, r, row, n), rowOf(v, r.out, t, r, row, n)];
      const [gates, inner] = [rowOf(v, r.gates, t, r, row, 3 * n), rowOf(v, r.inner, t, r, row, n)];
      h.copy(held);
      out.clear();
      if (!counts(r, row, t)) continue;
      if (multiplies) {
        gates.part(0, 2 * n).addProduct(held, r.weight);
        inner.clear();
        inner.addProduct(held, r.second);
      }
      for (let u = 0; u < n; u++) {
        for (const j of [u, n + u]) gates.set(j, sigmoid(gates.get(j) + biasOf(v, r.bias, j)));
        inner.set(u, inner.get(u) + biasOf(v, r.bias, 2 * n + u));
        const news = Math.tanh(gates.get(2 * n + u) + gates.get(u) * inner.get(u));
        gates.set(2 * n + u, news);
        out.set(u, news + gates.get(n + u) * (held.get(u) - news));
      }
      h.copy(out);
    }
    rowOf(v, r.hLast, 0, r, row, n).copy(rowOf(v, r.h, r.reverse ? 0 : r.steps, r, row, n));
  }
}

/** The gradients of a (which for r and z are those of b) and of bₙ, and of the first h. */
export function gruBackward(r: SequenceGradArgs, from: number, to: number, v: NumberArray): void {
  const n = r.hidden;
  for (let row = from; row < to; row++) {
    const dh = rowOf(v, r.dh, 0, r, row, n);
    for (const { t, before } of stepsOf(r).reverse()) {
      const [d, dInner] = [rowOf(v, r.dGates, t, r, row, 3 * n), rowOf(v, r.dInner, t, r, row, n)];
      d.clear();
      dInner.clear();
      if (!counts(r, row, t)) continue;
      const [g, held, gates, inner] = [
        rowOf(v, r.g, t, r, row, n),
        rowOf(v, r.h, before, r, row, n),
        rowOf(v, r.gates, t, r, row, 3 * n),
        rowOf(v, r.inner, t, r, row, n),
      ];
      for (let u = 0; u < n; u++) {
        const [reset, z, news] = [0, 1, 2].map((third) => gates.get(third * n + u));
        const sum = g.get(u) + dh.get(u);
        const dn = sum * (1 - z) * (1 - news * news);
        d.set(u, dn * inner.get(u) * reset * (1 - reset));
        d.set(n + u, sum * (held.get(u) - news) * z * (1 - z));
        d.set(2 * n + u, dn);
        dInner.set(u, dn * reset);
        dh.set(u, sum * z);
      }
      dh.addProduct(d.part(0, 2 * n), r.weight);
      dh.addProduct(dInner, r.second);
    }
  }
}
