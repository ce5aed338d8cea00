import { layer } from "../kernels/observer.js";
import { type ReleaseCause, type Storage, tick } from "../tensor/storage.js";
import type { Origin, Tensor } from "../tensor/tensor.js";
import type { Graph } from "./graph.js";
import type { Operation } from "./operation.js";

const NO_INPUTS: readonly (Tensor | null)[] = [];
const NOTHING: Readonly<Record<string, Tensor>> = {};

/** An operation that was carried out: what backprop needs to go back through it. */
export class Node implements Origin {
  released: ReleaseCause | null = null;
  /** When backward() went through it without retainGraph, on the storages' clock; 0 = not yet. */
  consumedAt = 0;
  /** The gradient of the output, as far as it has arrived. */
  pending: Tensor | null = null;
  /** Keep the gradient of the output for the user (`retainGrad`). */
  keepGradient = false;
  /** Changes to saved tensors after this moment make the gradient wrong. */
  readonly recordedAt = tick();
  /** The layer that it was made in, if somebody observed. */
  readonly layer = layer;

  constructor(
    /** The graph that recorded it; it may since have been merged: use `graph.root()`. */
    public graph: Graph,
    readonly operation: Operation,
    /** Operands in order; absent optional ones are null. */
    public inputs: readonly (Tensor | null)[],
    /** Operands, `out` and `workspace` by name. */
    public named: Readonly<Record<string, Tensor>>,
    public attributes: unknown,
    readonly output: Tensor,
    readonly workspace: Storage | null,
  ) {}

  /** Lets go of the operands' and the output's blocks. */
  release(cause: ReleaseCause): void {
    const { inputs, output, workspace } = this;
    const { storage } = output;
    for (let i = 0; i < inputs.length; i++) inputs[i]?.storage.drop();
    workspace?.discard();
    if (!this.operation.alias) {
      // What needs no gradient is never lost: predictions, masks, counts move to JS memory.
      if (!output.requiresGrad) storage.keep = true;
      storage.lostTo = cause;
      storage.drop();
    }
    this.released = cause;
    // A result that the user keeps, such as a running total, must not keep all that it was made of.
    this.inputs = NO_INPUTS;
    this.named = NOTHING;
    this.attributes = undefined;
    this.graph = null as unknown as Graph;
  }
}

/** Whether gradients flow to `input`. A result whose graph was released lives on as a constant, if its elements do. */
export function participates(input: Tensor): boolean {
  return input.requiresGrad && (input.origin === null || input.origin.released === null);
}
