import { arange, zeros } from "../tensor/creation.js";
import type { Tensor } from "../tensor/tensor.js";
import { stack } from "./joining.js";
import { linear } from "./linear.js";
import { CELLS, type CellKind, type CellWeights } from "./recurrentCells.js";
import { type Step, step } from "./recurrentSteps.js";

/** How a recurrent cell runs over a sequence. */
export interface Recurrence {
  readonly kind: CellKind;
  /** Whether it runs from the last step to the first. */
  readonly reverse: boolean;
}

/** What a recurrent cell makes of a sequence. */
export interface Recurred {
  /** [steps, batch, size of h]: h after each step. */
  readonly output: Tensor;
  /** h [batch, size of h] and, of an LSTM, c [batch, hidden] after the last step. */
  readonly state: readonly Tensor[];
}

/**
 * Runs a recurrent cell over a sequence.
 * Shape:     x [steps, batch, in] → output [steps, batch, size of h]
 * @param state before the first step; null: zeros
 * @param lengths int32 [batch]: of sample i the first lengthsᵢ steps count. Its state stays as it is beside them, and its output is 0; so
 *        the other direction begins at each sample's own end. null: all steps count
 * @internal
 */
export function recur(
  x: Tensor,
  weights: CellWeights,
  state: readonly Tensor[] | null,
  lengths: Tensor | null,
  { kind, reverse }: Recurrence,
): Recurred {
  const [steps, batch] = x.shape;
  const hidden = weights.weightIh.shape[0] / CELLS[kind].gates;
  const { dtype } = x;
  const h = state?.[0] ?? zeros([batch, weights.weightHh.shape[1]], { dtype });
  let now: Step = { h, c: CELLS[kind].states === 2 ? (state?.[1] ?? zeros([batch, hidden], { dtype })) : h };
  const inputs = linear(x, weights.weightIh, weights.biasIh).split(1, 0);
  const outputs = new Array<Tensor>(steps);
  const counts = lengths === null ? null : arange(steps, { dtype: "int32" }).unsqueeze(1).lt(lengths.unsqueeze(0)).unsqueeze(2).split(1, 0);
  for (let i = 0; i < steps; i++) {
    const t = reverse ? steps - 1 - i : i;
    const next = step(kind, inputs[t].squeeze(0), now, weights);
    if (counts === null) {
      now = next;
      outputs[t] = next.h;
      continue;
    }
    const counted = counts[t].squeeze(0);
    outputs[t] = counted.where(next.h, 0);
    now = { h: counted.where(next.h, now.h), c: counted.where(next.c, now.c) };
  }
  return { output: stack(outputs, 0), state: CELLS[kind].states === 2 ? [now.h, now.c] : [now.h] };
}
