import type { Tensor } from "../tensor/tensor.js";
import { linear } from "./linear.js";
import type { CellKind, CellWeights } from "./recurrentCells.js";

/** What a step of a recurrent cell computes: the state behind it. */
export interface Step {
  readonly h: Tensor;
  /** The LSTM's cell state; for other kinds h again. */
  readonly c: Tensor;
}

/**
 * One step of a recurrent cell in tensor operations.
 *
 *     tanh, relu   h′ = act(a)                                            a = x·Wᵢₕᵀ + bᵢₕ, b = h·Wₕₕᵀ + bₕₕ, act of a + b
 *     lstm         c′ = σ(f)·c + σ(i)·tanh(g), h′ = σ(o)·tanh(c′)          i, f, g, o = the quarters of a + b
 *     gru          h′ = (1 − z)·n + z·h, n = tanh(aₙ + r·bₙ)               r, z = σ of the first thirds of a + b
 *
 * @param a what the input gives to the gates, [batch, gates · hidden], with the input's bias
 */
export function step(kind: CellKind, a: Tensor, { h, c }: Step, { weightHh, biasHh, weightHr }: CellWeights): Step {
  const b = linear(h, weightHh, biasHh);
  if (kind === "gru") {
    const [ar, az, an] = thirds(a);
    const [br, bz, bn] = thirds(b);
    const z = az.add(bz).sigmoid();
    const n = an.add(ar.add(br).sigmoid().mul(bn)).tanh();
    const next = n.add(z.mul(h.sub(n)));
    return { h: next, c: next };
  }
  const gates = a.add(b);
  if (kind !== "lstm") {
    const next = kind === "tanh" ? gates.tanh() : gates.relu();
    return { h: next, c: next };
  }
  const [i, f, g, o] = gates.split(gates.shape[1] / 4, 1);
  const cell = f.sigmoid().mul(c).add(i.sigmoid().mul(g.tanh()));
  const hidden = o.sigmoid().mul(cell.tanh());
  return { h: weightHr === null ? hidden : linear(hidden, weightHr), c: cell };
}

function thirds(x: Tensor): Tensor[] {
  return x.split(x.shape[1] / 3, 1);
}
