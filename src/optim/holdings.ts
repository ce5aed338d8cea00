import type { Recorder } from "../kernels/recorder.js";
import { type Slot, stateArena } from "../memory/arena.js";
import { allocate, registerReliever, release } from "../memory/heap.js";
import { type Holder, registerHolders } from "../memory/holders.js";
import type { GradientNorm } from "./gradientNorm.js";

/** All that were not released. */
const live = new Set<Holdings>();

/**
 * The linear memory of an optimizer: places of states, cells, norms. It knows nothing of the optimizer, so that it can outlive it and
 * be given back.
 */
export class Holdings {
  norms: GradientNorm[] = [];
  #cells = 0;
  #cellBytes = 0;
  readonly #places = new Set<Slot>();
  /** The places of the parameters. */
  readonly #parameters: Slot[] = [];
  /** When the optimizer made its last step. */
  lastUse = 0;
  readonly #stepper: WeakRef<Resting>;

  /** @param type the optimizer's name @param stepper makes its steps */
  constructor(
    private readonly type: string,
    stepper: Resting,
  ) {
    this.#stepper = new WeakRef(stepper);
    live.add(this);
  }

  /** Notes the parameters that are updated, which name the optimizer in messages. */
  serve(parameters: readonly { readonly slot: Slot }[]): void {
    for (const { slot } of parameters) this.#parameters.push(slot);
  }

  /** Bytes of states and cells. */
  get bytes(): number {
    let bytes = this.#cellBytes;
    for (const slot of this.#places) bytes += slot.bytes;
    return bytes;
  }

  holder(): Holder {
    const [first, ...others] = this.#parameters;
    const rest = others.length === 0 ? "" : ` and ${others.length} more`;
    return { kind: "states", what: `${this.type} of ${first?.name ?? "nothing"}${rest}`, bytes: this.bytes };
  }

  /** Moves the states to JS memory, if the optimizer lives and makes no step now. @returns the bytes that were given back */
  rest(): number {
    const { bytes } = this;
    if (bytes > 0) this.#stepper.deref()?.rest();
    return bytes - this.bytes;
  }

  /** A zeroed place for a state. */
  place(bytes: number): Slot {
    const slot = stateArena.place(bytes);
    this.#places.add(slot);
    return slot;
  }

  free(slot: Slot): void {
    if (this.#places.delete(slot)) stateArena.free(slot);
  }

  /** Room for cells of `bytes` bytes together. */
  cells(bytes: number): number {
    if (bytes > this.#cellBytes) {
      this.#forgetCells();
      this.#cells = allocate(bytes);
      this.#cellBytes = bytes;
    }
    return this.#cells;
  }

  /** Tells a recording which memory the step's kernels use. */
  fix(recorder: Recorder): void {
    recorder.fix(this.#cells, this.#cellBytes);
    for (const norm of this.norms) norm.fix(recorder);
  }

  forgetNorms(): void {
    for (const norm of this.norms) norm.release();
    this.norms = [];
  }

  #forgetCells(): void {
    if (this.#cellBytes > 0) release(this.#cells, this.#cellBytes);
    this.#cellBytes = 0;
  }

  /** Gives back what the next step can make anew: all but the states. */
  releaseScratch(): void {
    this.forgetNorms();
    this.#forgetCells();
  }

  release(): void {
    live.delete(this);
    this.releaseScratch();
    for (const slot of [...this.#places]) this.free(slot);
  }
}

/** What can give memory back until it is used again. */
interface Resting {
  rest(): void;
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
