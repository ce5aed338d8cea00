import type { Recorder } from "../kernels/recorder.js";
import { type Slot, stateArena } from "../memory/arena.js";
import { allocate, release } from "../memory/heap.js";
import type { GradientNorm } from "./gradientNorm.js";

/**
 * The linear memory of an optimizer: places of states, cells, norms. It knows nothing of the optimizer, so that it can outlive it and
 * be given back.
 */
export class Holdings {
  norms: GradientNorm[] = [];
  #cells = 0;
  #cellBytes = 0;
  readonly #places = new Set<Slot>();

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
    this.releaseScratch();
    for (const slot of [...this.#places]) this.free(slot);
  }
}
