import { defineOp } from "../graph/define.js";
import { zeros } from "../tensor/creation.js";
import type { Tensor } from "../tensor/tensor.js";
import { CELLS, type CellKind, type CellWeights } from "./recurrentCells.js";
import { type Gradients, throughTime } from "./recurrentGradients.js";
import { backward, forward, type Sizes, sizesOf, workspaceElements } from "./recurrentRuns.js";

/** How a recurrent cell runs over a sequence. */
export interface Recurrence {
  readonly kind: CellKind;
  /** Whether it runs from the last step to the first. */
  readonly reverse: boolean;
}

/** What a recurrent cell makes of a sequence. Each tensor is made when it is read. */
export interface Recurred {
  /** [steps, batch, size of h]: h behind each step. */
  readonly output: Tensor;
  /** h [batch, size of h] and, of an LSTM, c [batch, hidden] behind the last step. */
  readonly state: readonly Tensor[];
}

/**
 * Runs a recurrent cell over a sequence, as one operation.
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
  const given = [x, weights.weightIh, ...(state ?? [])];
  const dtype = given.some((each) => each.dtype === "float64") ? "float64" : "float32";
  const cast = (tensor: Tensor | null | undefined): Tensor | null => tensor?.cast(dtype) ?? null;
  const { weightIh, weightHh, biasIh, biasHh, weightHr } = weights;
  const made = recurrentOp(
    x.cast(dtype),
    weightIh.cast(dtype),
    weightHh.cast(dtype),
    cast(biasIh),
    cast(biasHh),
    cast(weightHr),
    cast(state?.[0]),
    cast(state?.[1]),
    lengths,
    { kind, reverse, found: null },
  );
  const sizes = sizesOf(kind, x, weightIh, weightHh);
  return {
    get output() {
      return outputIn(made, sizes);
    },
    get state() {
      return statesIn(made, sizes);
    },
  };
}

interface Attributes extends Recurrence {
  /** The gradients that one formula has computed for the others. They are alive as long as the gradient that they were computed from. */
  found: { readonly g: Tensor; readonly gradients: Gradients; readonly taken: Set<string> } | null;
}

type Names = "x" | "weightIh" | "weightHh" | "biasIh" | "biasHh" | "weightHr" | "h" | "c" | "lengths";

type Saved = { [K in Names]: Tensor | null };

const recurrentOp: (
  x: Tensor,
  weightIh: Tensor,
  weightHh: Tensor,
  biasIh: Tensor | null,
  biasHh: Tensor | null,
  weightHr: Tensor | null,
  h: Tensor | null,
  c: Tensor | null,
  lengths: Tensor | null,
  attributes: Attributes,
) => Tensor = defineOp({
  name: "recurrent",
  inputs: ["x", "weightIh", "weightHh", "biasIh?", "biasHh?", "weightHr?", "h?", "c?", "lengths?"],
  save: ["x", "weightIh", "weightHh", "biasIh", "biasHh", "weightHr", "h", "c", "lengths"],
  shape: ({ x, weightIh, weightHh }, { kind }: Attributes) => {
    const { batch, size, hidden, outputs } = sizesOf(kind, x, weightIh, weightHh);
    return [outputs + batch * size + (CELLS[kind].states === 2 ? batch * hidden : 0)];
  },
  workspace: ({ x, weightIh, weightHh, weightHr }, { kind }) => workspaceElements(sizesOf(kind, x, weightIh, weightHh), weightHr !== null),
  forward: (operands, attributes) => forward(operands, attributes),
  grad: {
    x: (g, saved, attributes) => gradientsOf(g, saved, attributes, "x").x,
    weightIh: (g, saved, attributes) => gradientsOf(g, saved, attributes, "weightIh").weightIh,
    weightHh: (g, saved, attributes) => gradientsOf(g, saved, attributes, "weightHh").weightHh,
    biasIh: (g, saved, attributes) => gradientsOf(g, saved, attributes, "biasIh").biasIh,
    biasHh: (g, saved, attributes) => gradientsOf(g, saved, attributes, "biasHh").biasHh,
    weightHr: (g, saved, attributes) => gradientsOf(g, saved, attributes, "weightHr").weightHr,
    h: (g, saved, attributes) => gradientsOf(g, saved, attributes, "h").h,
    c: (g, saved, attributes) => gradientsOf(g, saved, attributes, "c").c,
  },
  backward: (pass, saved, attributes) => backward(pass, saved, attributes),
});

/** All gradients, of which each formula is asked for one: they are computed once. */
function gradientsOf(g: Tensor, saved: Saved, attributes: Attributes, name: string): Gradients {
  const { kind, reverse, found } = attributes;
  if (found !== null && found.g === g && !found.taken.has(name)) {
    found.taken.add(name);
    return found.gradients;
  }
  const { x, weightIh, weightHh, biasIh, biasHh, weightHr, lengths } = saved as Saved & { x: Tensor; weightIh: Tensor; weightHh: Tensor };
  const sizes = sizesOf(kind, x, weightIh, weightHh);
  const h = saved.h ?? zeros([sizes.batch, sizes.size], { dtype: g.dtype });
  const c = saved.c ?? zeros([sizes.batch, sizes.hidden], { dtype: g.dtype });
  const [gh, gc = zeros([sizes.batch, sizes.hidden], { dtype: g.dtype })] = statesIn(g, sizes);
  const given = { x, weightIh, weightHh, biasIh, biasHh, weightHr, lengths, first: { h, c } };
  const gradients = throughTime(kind, reverse, given, { output: outputIn(g, sizes), h: gh, c: gc });
  attributes.found = { g, gradients, taken: new Set([name]) };
  return gradients;
}

/** The outputs in the operation's result, where they stand first, or in its gradient. */
function outputIn(made: Tensor, { steps, batch, size, outputs }: Sizes): Tensor {
  return made.slice([[0, outputs]]).reshape([steps, batch, size]);
}

/** The state in the same. */
function statesIn(made: Tensor, { kind, batch, size, hidden, outputs }: Sizes): Tensor[] {
  let at = outputs;
  return [size, hidden].slice(0, CELLS[kind].states).map((extent) => {
    const from = at;
    at += batch * extent;
    return made.slice([[from, at]]).reshape([batch, extent]);
  });
}
