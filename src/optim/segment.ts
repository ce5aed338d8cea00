import type { Parameter } from "../graph/parameter.js";
import type { UpdateArgs } from "../kernels/generated.js";
import { BYTES, type DType } from "../memory/views.js";
import type { States } from "./states.js";

/** The states of an optimizer in their order; null in place of one that its options leave out. */
export type StateNames = readonly (string | null)[];

/** Parameters that lie side by side in the arena, with their gradients and states: what one kernel call updates. */
export interface Segment {
  /** Addresses of parameters, gradients, states and cell. */
  readonly record: UpdateArgs;
  /** Elements, those of the padding between two parameters included. */
  readonly length: number;
  readonly dtype: DType;
  readonly parameters: readonly Parameter[];
}

/**
 * Parts parameters, in the order of their places, into segments. The padding within a segment holds zeros until a factor or a
 * learning rate is NaN or ∞ (0 · ∞ = NaN). It may hold anything: no kernel reads what lies behind the elements of its operands, and
 * placing a parameter clears its place and that of its gradient.
 */
export function segmentsOf(parameters: readonly Parameter[], cell: number, states: States, stateNames: StateNames): Segment[] {
  const segments: Segment[] = [];
  const hasStates = stateNames.some((name) => name !== null);
  if (hasStates) states.admit(parameters);
  for (let i = 0, next = 0; i < parameters.length; i = next) {
    const first = parameters[i];
    const { chunk, at } = first.slot;
    let last = first;
    for (next = i + 1; next < parameters.length; next++) {
      const { slot } = parameters[next];
      if (slot.chunk !== chunk || slot.at !== last.slot.at + last.slot.bytes) break;
      if (hasStates && !states.areTogether(first, parameters[next])) break;
      last = parameters[next];
    }
    const [state1 = 0, state2 = 0, state3 = 0] = stateNames.map((name) => (name === null ? 0 : states.address(first, name)));
    segments.push({
      record: { p: at, g: first.gradientStorage().at, state1, state2, state3, cell },
      length: (last.slot.at - at) / BYTES[first.dtype] + last.size,
      dtype: first.dtype,
      parameters: parameters.slice(i, next),
    });
  }
  return segments;
}
