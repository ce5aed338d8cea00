import { arange } from "../tensor/creation.js";
import type { Tensor } from "../tensor/tensor.js";
import { stack } from "./joining.js";
import { linear } from "./linear.js";
import type { CellKind, CellWeights } from "./recurrentCells.js";
import { type Step, step } from "./recurrentSteps.js";

/**
 * The gradient of a recurrent cell over a sequence in tensor operations, so that it can be differentiated again: backprop through time,
 * step by step. The kernels compute the same in one call, but only the numbers.
 */

/** What a run of a cell was given. */
export interface Given extends CellWeights {
  readonly x: Tensor;
  /** The state before the first step. */
  readonly first: Step;
  /** int32 [batch], or null. */
  readonly lengths: Tensor | null;
}

/** Gradients of what a run made, or of what it was given. */
export interface StateGradients {
  /** Of output [steps, batch, size of h]. */
  readonly output: Tensor;
  readonly h: Tensor;
  readonly c: Tensor;
}

export type Gradients = { readonly [K in "x" | "h" | "c" | keyof CellWeights]: Tensor };

/** Backprop through time. @param g the gradients of output and of the state behind the last step */
export function throughTime(kind: CellKind, reverse: boolean, given: Given, g: StateGradients): Gradients {
  const { x, first, lengths, weightIh } = given;
  const steps = x.shape[0];
  const inputs = linear(x, weightIh, given.biasIh).split(1, 0);
  const counted = lengths && countedSteps(steps, lengths);
  const order = Array.from({ length: steps }, (_, i) => (reverse ? steps - 1 - i : i));
  const before = new Array<Step>(steps);
  let state = first;
  for (const t of order) {
    before[t] = state;
    const next = step(kind, inputs[t].squeeze(0), state, given);
    state = counted === null ? next : { h: counted[t].where(next.h, state.h), c: counted[t].where(next.c, state.c) };
  }
  const outputs = g.output.split(1, 0);
  const made = new Array<StepGradients>(steps);
  let [dh, dc] = [g.h, g.c];
  for (const t of order.reverse()) {
    const sum = dh.add(outputs[t].squeeze(0));
    if (counted === null) {
      made[t] = stepGradients(kind, inputs[t].squeeze(0), before[t], given, sum, dc);
      [dh, dc] = [made[t].h, made[t].c];
      continue;
    }
    const counts = counted[t];
    made[t] = stepGradients(kind, inputs[t].squeeze(0), before[t], given, counts.where(sum, 0), counts.where(dc, 0));
    [dh, dc] = [made[t].h.add(counts.where(0, dh)), made[t].c.add(counts.where(0, dc))];
  }
  const all = (of: (gradients: StepGradients) => Tensor): Tensor => rows(stack(made.map(of), 0));
  const [da, db] = [all(({ a }) => a), all(({ b }) => b)];
  const held = rows(
    stack(
      before.map(({ h }) => h),
      0,
    ),
  );
  const product = (of: Tensor, by: Tensor): Tensor => of.transpose(0, 1).matmul(by);
  return {
    x: da.matmul(weightIh).reshape(x.shape),
    weightIh: product(da, rows(x)),
    weightHh: product(db, held),
    biasIh: da.sum(0),
    biasHh: db.sum(0),
    weightHr:
      given.weightHr === null
        ? da
        : product(
            all(({ projected }) => projected),
            all(({ wide }) => wide),
          ),
    h: dh,
    c: dc,
  };
}

/** For each step whether it counts, [batch, 1]. */
function countedSteps(steps: number, lengths: Tensor): Tensor[] {
  const counted = arange(steps, { dtype: "int32" }).unsqueeze(1).lt(lengths.unsqueeze(0)).unsqueeze(2);
  return counted.split(1, 0).map((each) => each.squeeze(0));
}

/** [steps, batch, n] → [steps · batch, n] */
function rows(x: Tensor): Tensor {
  return x.reshape([x.shape[0] * x.shape[1], x.shape[2]]);
}

interface StepGradients extends Step {
  /** Of the input's part of the gates. */
  readonly a: Tensor;
  /** Of h's part of the gates. */
  readonly b: Tensor;
  /** Of the projected h, and the h that was projected; without a projection both are h's. */
  readonly projected: Tensor;
  readonly wide: Tensor;
}

/** The gradients at one step: see `step` for what it computes. */
function stepGradients(kind: CellKind, a: Tensor, { h, c }: Step, weights: CellWeights, dh: Tensor, dc: Tensor): StepGradients {
  const { weightHh, biasHh, weightHr } = weights;
  const b = linear(h, weightHh, biasHh);
  if (kind === "gru") {
    const [[ar, az, an], [br, bz, bn]] = [parts(a, 3), parts(b, 3)];
    const [r, z] = [ar.add(br).sigmoid(), az.add(bz).sigmoid()];
    const n = an.add(r.mul(bn)).tanh();
    const dn = dh.mul(z.neg().add(1)).mul(flat(n));
    const dr = dn.mul(bn).mul(bend(r));
    const dz = dh.mul(h.sub(n)).mul(bend(z));
    const db = beside([dr, dz, dn.mul(r)]);
    const before = dh.mul(z).add(db.matmul(weightHh));
    return { a: beside([dr, dz, dn]), b: db, h: before, c: dc, projected: dh, wide: dh };
  }
  const gates = a.add(b);
  if (kind !== "lstm") {
    const d = kind === "tanh" ? dh.mul(flat(gates.tanh())) : dh.mul(gates.gt(0).cast(dh.dtype));
    return { a: d, b: d, h: d.matmul(weightHh), c: dc, projected: dh, wide: dh };
  }
  const [pi, pf, pg, po] = parts(gates, 4);
  const [i, f, g, o] = [pi.sigmoid(), pf.sigmoid(), pg.tanh(), po.sigmoid()];
  const inner = f.mul(c).add(i.mul(g)).tanh();
  const wide = o.mul(inner);
  const dWide = weightHr === null ? dh : dh.matmul(weightHr);
  const slope = dc.add(dWide.mul(o).mul(flat(inner)));
  const d = beside([slope.mul(g).mul(bend(i)), slope.mul(c).mul(bend(f)), slope.mul(i).mul(flat(g)), dWide.mul(inner).mul(bend(o))]);
  return { a: d, b: d, h: d.matmul(weightHh), c: slope.mul(f), projected: dh, wide };
}

function parts(x: Tensor, count: number): Tensor[] {
  return x.split(x.shape[1] / count, 1);
}

/** [batch, n] each → [batch, count · n] */
function beside(each: readonly Tensor[]): Tensor {
  const [{ shape }] = each;
  return stack(each, 1).reshape([shape[0], each.length * shape[1]]);
}

/** y(1 − y), the slope of a sigmoid. */
function bend(y: Tensor): Tensor {
  return y.sub(y.mul(y));
}

/** 1 − y², the slope of tanh. */
function flat(y: Tensor): Tensor {
  return y.mul(y).neg().add(1);
}
