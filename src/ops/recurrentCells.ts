import type { Tensor } from "../tensor/tensor.js";

/** The kinds of recurrent cells: a plain one with tanh or relu, the LSTM, the GRU. */
export type CellKind = keyof typeof CELLS;

/** What the arithmetic of a cell asks for. */
interface CellSizes {
  /** Blocks of hidden units in the rows of a weight: an LSTM's are i, f, g, o, a GRU's r, z, n. */
  readonly gates: number;
  /** Tensors in a state: h, or h and c. */
  readonly states: number;
}

export const CELLS = {
  tanh: { gates: 1, states: 1 },
  relu: { gates: 1, states: 1 },
  lstm: { gates: 4, states: 2 },
  gru: { gates: 3, states: 1 },
} as const satisfies Record<string, CellSizes>;

/** The parameters of one direction of a layer: weightIh [gates · hidden, in], weightHh [gates · hidden, size of h]. */
export interface CellWeights {
  readonly weightIh: Tensor;
  readonly weightHh: Tensor;
  /** [gates · hidden], or null. */
  readonly biasIh: Tensor | null;
  readonly biasHh: Tensor | null;
  /** The projection of an LSTM, [size of h, hidden]; null: h is as wide as c. */
  readonly weightHr: Tensor | null;
}
