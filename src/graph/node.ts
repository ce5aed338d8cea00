import { layer } from "../kernels/observer.js";
import { type ReleaseCause, type Storage, tick } from "../tensor/storage.js";
import type { Origin, Tensor } from "../tensor/tensor.js";
import type { Graph } from "./graph.js";
import type { Operation } from "./operation.js";

const NO_INPUTS: readonly (Tensor | null)[] = [];
const NOTHING: Readonly<Record<string, Tensor>> = {};

/** One recorded call of an operation, with everything that backprop needs of it. */
export class Node implements Origin {
  released: ReleaseCause | null = null;
  /** When backward() visited the node without retainGraph, on the clock of storages; 0 = not yet. */
  consumedAt = 0;
  /** The sum of the gradients of the output that have been computed so far in this run. */
  pending: Tensor | null = null;
  /** Whether the gradient of the output is kept for the user (`retainGrad`). */
  keepGradient = false;
  /** When the call was recorded. Later changes to saved tensors would make the gradient wrong. */
  readonly recordedAt = tick();
  /** The path of the layer that made the call; only known while a profile observes. */
  readonly layer = layer;

  constructor(
    /** The graph that recorded the call. It may have been merged into another one since: use `graph.root()`. */
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

  /** Drops the blocks of the operands, the output and the workspace. */
  release(cause: ReleaseCause): void {
    const { inputs, output, workspace } = this;
    const { storage } = output;
    for (let i = 0; i < inputs.length; i++) inputs[i]?.storage.drop();
    workspace?.discard();
    if (!this.operation.alias) {
      // Results that need no gradient, such as masks and counts, are never lost: they move to JS memory.
      if (!output.requiresGrad) storage.keep = true;
      storage.lostTo = cause;
      storage.drop();
    }
    this.forget(cause);
  }

  /** Lets go of everything, when no block is held. */
  forget(cause: ReleaseCause): void {
    this.released = cause;
    // A result that the user keeps, such as a running total, must not keep its operands alive.
    this.inputs = NO_INPUTS;
    this.named = NOTHING;
    this.attributes = undefined;
    this.graph = null as unknown as Graph;
  }
}

/** Whether gradients flow to `input`. A result whose graph was released is a constant from then on, if its elements were kept. */
export function participates(input: Tensor): boolean {
  return input.requiresGrad && (input.origin === null || input.origin.released === null);
}
