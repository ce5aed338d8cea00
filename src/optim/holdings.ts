import { type Recorder, recorder } from "../kernels/recorder.js";
import type { Slot } from "../memory/arena.js";
import { allocate, registerReliever, release } from "../memory/heap.js";
import { type Holder, registerHolders } from "../memory/holders.js";
import type { ReleaseCause, Storage } from "../tensor/storage.js";
import type { StateBytes } from "./stateBytes.js";

/** A piece of linear memory. */
interface Block {
  readonly at: number;
  readonly bytes: number;
}

const GIVEN_BACK: ReleaseCause = { why: () => "the optimizer gave its memory back" };

/** All that were not released. */
const live = new Set<Holdings>();

/**
 * The linear memory of an optimizer: states, cells, norms. It has no reference to the optimizer or its parameters, so that it can
 * outlive them and be given back. Nor has it one to states that moved to JS memory: there the garbage collector frees those of an
 * optimizer that nobody can reach, even in a job in which no finalizer runs.
 */
export class Holdings {
  /** What was made of these places must be made anew. */
  isStale = true;
  /** A step is being made, for which everything must stay where it is. */
  isStepping = false;
  /** When the last step was made, on the clock of all optimizers. */
  lastUse = 0;
  /** The number of the last recording that has seen a step. */
  #recordedIn = 0;
  readonly #states = new Set<StateBytes>();
  #cells: Block = { at: 0, bytes: 0 };
  #norms: Block[] = [];
  /** The storages of tensors that lie here. */
  #storages: WeakRef<Storage>[] = [];
  /** The places of the parameters, which name the optimizer in messages. */
  readonly #parameters: Slot[] = [];

  /** @param type the optimizer's name */
  constructor(private readonly type: string) {
    live.add(this);
  }

  /** Notes the parameters that are updated. */
  serve(parameters: readonly { readonly slot: Slot }[]): void {
    for (const { slot } of parameters) this.#parameters.push(slot);
  }

  /** Bytes of states and cells. */
  get bytes(): number {
    let bytes = this.#cells.bytes;
    for (const state of this.#states) bytes += state.bytes;
    return bytes;
  }

  holder(): Holder {
    const [first, ...others] = this.#parameters;
    const rest = others.length === 0 ? "" : ` and ${others.length} more`;
    return { kind: "states", what: `${this.type} of ${first?.name ?? "nothing"}${rest}`, bytes: this.bytes };
  }

  /** Brings a state to linear memory. @returns its address */
  load(state: StateBytes): number {
    const at = state.load();
    this.#states.add(state);
    return at;
  }

  /** Room for cells of `bytes` bytes together. */
  cells(bytes: number): number {
    if (bytes > this.#cells.bytes) {
      this.#forgetCells();
      this.#cells = { at: allocate(bytes), bytes };
    }
    return this.#cells.at;
  }

  /** Takes over the block of a norm. */
  addNorm(block: Block): void {
    this.#norms.push(block);
  }

  forgetNorms(): void {
    for (const { at, bytes } of this.#norms) release(at, bytes);
    this.#norms = [];
  }

  /** Notes a tensor whose elements lie here. */
  addStorage(storage: Storage): void {
    this.#storages.push(new WeakRef(storage));
  }

  /** Marks the tensors whose elements lie here as released. */
  forgetStorages(): void {
    for (const storage of this.#storages) storage.deref()?.evict(GIVEN_BACK);
    this.#storages = [];
  }

  /** Tells a recording which memory the step's kernels use. @returns whether it has seen a step before */
  fix(recording: Recorder): boolean {
    for (const { at, bytes } of [this.#cells, ...this.#norms]) recording.fix(at, bytes);
    const again = recording.id === this.#recordedIn;
    this.#recordedIn = recording.id;
    return again;
  }

  /**
   * Gives linear memory back until the next step, which continues bit for bit: the states move to JS memory. Nothing happens within a
   * step, or within a recording that has seen one.
   * @returns the bytes that were given back
   */
  rest(): number {
    if (this.isStepping || recorder?.id === this.#recordedIn) return 0;
    const { bytes } = this;
    this.isStale = true;
    this.forgetStorages();
    for (const state of this.#states) if (state.save()) this.#states.delete(state);
    this.forgetNorms();
    this.#forgetCells();
    return bytes - this.bytes;
  }

  /** Gives all back, for good. */
  release(): void {
    live.delete(this);
    this.isStale = true;
    this.forgetStorages();
    for (const state of this.#states) state.free();
    this.#states.clear();
    this.forgetNorms();
    this.#forgetCells();
  }

  #forgetCells(): void {
    const { at, bytes } = this.#cells;
    this.#cells = { at: 0, bytes: 0 };
    if (bytes > 0) release(at, bytes);
  }
}

registerHolders(() => [...live].map((holdings) => holdings.holder()));

// When memory runs out, the states of optimizers move to JS memory, those first that were used longest ago.
registerReliever((bytes) => {
  let freed = 0;
  for (const holdings of [...live].sort((a, b) => a.lastUse - b.lastUse)) {
    if (freed >= bytes) break;
    freed += holdings.rest();
  }
  return freed > 0;
});
