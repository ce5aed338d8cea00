import type { Module } from "../nn/module.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count } from "../options/kinds.js";
import { tensor } from "../tensor/creation.js";
import { listOf, mapOf, savedParts, TENSOR } from "../tensor/savedParts.js";
import type { SavedState } from "../tensor/savedState.js";
import type { Tensor } from "../tensor/tensor.js";
import { Callback, type TrainingContext } from "./callbacks.js";

const SNAPSHOTS = declare("Snapshots", {
  /** The number of epochs from one copy to the next, ≥ 1. Required. */
  every: count({ required: true, aka: ["cycle", "period"] }),
});

/** Options of `Snapshots`. */
export type SnapshotsOptions = OptionsOf<typeof SNAPSHOTS>;

/**
 * Keeps copies of a model's state during training, at equal distances of epochs: members of an `Ensemble` for the price of one training. With
 * `cosineRestarts` whose cycles are as long, each is taken where the learning rate is lowest.
 *
 * Huang, Li, Pleiss, Liu, Hopcroft, Weinberger: Snapshot Ensembles: Train 1, get M for free (arXiv 1704.00109).
 * @param options.every epochs between two copies, ≥ 1
 * @throws ArgumentError
 * @example
 * const snapshots = new Snapshots({ every: 5 });
 * await model.fit(train, { epochs: 15, callbacks: [snapshots], verbose: 0 });
 * console.log(snapshots.states.length);   // → 3
 */
export class Snapshots extends Callback {
  /** What `loadStateDict` of a model of the same layers takes. */
  readonly states: Map<string, Tensor>[] = [];
  readonly #every: number;
  #model!: Module;

  constructor(options: SnapshotsOptions) {
    super();
    checkArity(SNAPSHOTS.op, arguments.length, 1);
    this.#every = SNAPSHOTS.readOptions(options).every;
  }

  override onTrainBegin({ model }: TrainingContext): void {
    this.#model = model;
  }

  override onEpochEnd(epoch: number): void {
    if ((epoch + 1) % this.#every !== 0) return;
    const copies = [...this.#model.stateDict()].map(([name, { data, shape, dtype }]) => [name, tensor(data, { shape, dtype })] as const);
    this.states.push(new Map(copies));
  }

  override stateDict(): SavedState {
    return { states: [...this.states] };
  }

  override loadStateDict(state: SavedState): void {
    const { states } = savedParts(SNAPSHOTS.op, state, { states: listOf(mapOf(TENSOR)) });
    this.states.splice(0, this.states.length, ...states.map((one) => new Map(one)));
  }
}
