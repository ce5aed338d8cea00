import { GRADIENTS, type Parameter } from "../graph/parameter.js";
import { BYTES, type DType } from "../memory/views.js";
import type { Holdings } from "./holdings.js";

/** Parameters that lie side by side in the arena, with their gradients and states: what one kernel call updates. */
export interface Segment {
  /** Address of the first parameter. The padding between two parameters counts among the elements. */
  readonly p: number;
  /** Address of the gradients. */
  readonly g: number;
  /** Addresses of the states, in the order of `stateNames`. */
  readonly states: readonly number[];
  /** Address of the cell, which holds what changes from step to step. */
  readonly cell: number;
  /** Elements. */
  readonly length: number;
  readonly dtype: DType;
  readonly parameters: readonly Parameter[];
}

/**
 * Parts parameters, in the order of their places, into segments. The padding within a segment holds zeros until a factor or a
 * learning rate is NaN or ∞ (0 · ∞ = NaN). It may hold anything: no kernel reads what lies behind the elements of its operands, and
 * placing a parameter clears its place in all chunks.
 */
export function segmentsOf(parameters: readonly Parameter[], cell: number, holdings: Holdings, stateNames: readonly string[]): Segment[] {
  const segments: Segment[] = [];
  for (let i = 0, next = 0; i < parameters.length; i = next) {
    const first = parameters[i];
    const { chunk, at } = first.slot;
    let last = first;
    for (next = i + 1; next < parameters.length; next++) {
      const { slot } = parameters[next];
      if (slot.chunk !== chunk || slot.at !== last.slot.at + last.slot.bytes) break;
      last = parameters[next];
    }
    segments.push({
      p: at,
      g: chunk.sister(GRADIENTS) + (at - chunk.at),
      states: stateNames.map((name) => holdings.place(first, name)),
      cell,
      length: (last.slot.at - at) / BYTES[first.dtype] + last.size,
      dtype: first.dtype,
      parameters: parameters.slice(i, next),
    });
  }
  return segments;
}
