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
 * Parts parameters, in the order of their places, into runs that lie side by side and have one element type.
 * @param mayJoin whether a parameter may join a run that another one begins
 */
export function runsOf(
  parameters: readonly Parameter[],
  mayJoin: (first: Parameter, next: Parameter) => boolean = () => true,
): Parameter[][] {
  const runs: Parameter[][] = [];
  let last: Parameter | null = null;
  for (const parameter of parameters) {
    const run = runs[runs.length - 1];
    if (last !== null && isNextTo(last, parameter) && mayJoin(run[0], parameter)) run.push(parameter);
    else runs.push([parameter]);
    last = parameter;
  }
  return runs;
}

function isNextTo({ slot: { chunk, at, bytes }, dtype }: Parameter, { slot, dtype: other }: Parameter): boolean {
  return slot.chunk === chunk && slot.at === at + bytes && other === dtype;
}

/** The elements from the first of a run to its last, those of the padding between two parameters included. */
export function lengthOf(run: readonly Parameter[]): number {
  const [first, last] = [run[0], run[run.length - 1]];
  return (last.slot.at - first.slot.at) / BYTES[first.dtype] + last.size;
}

/**
 * Parts parameters, in the order of their places, into segments. The padding within a segment holds zeros until a factor or a
 * learning rate is NaN or ∞ (0 · ∞ = NaN). It may hold anything: no kernel reads what lies behind the elements of its operands, and
 * placing a parameter clears its place and the place of its gradient.
 */
export function segmentsOf(parameters: readonly Parameter[], cell: number, states: States, stateNames: StateNames): Segment[] {
  const hasStates = stateNames.some((name) => name !== null);
  if (hasStates) states.admit(parameters);
  return runsOf(parameters, (first, next) => !hasStates || states.areTogether(first, next)).map((run) => {
    const [first] = run;
    const [state1 = 0, state2 = 0, state3 = 0] = stateNames.map((name) => (name === null ? 0 : states.address(first, name)));
    return {
      record: { p: first.slot.at, g: first.gradientStorage().at, state1, state2, state3, cell },
      length: lengthOf(run),
      dtype: first.dtype,
      parameters: run,
    };
  });
}
