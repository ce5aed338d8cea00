import type { Parameter } from "../graph/parameter.js";
import type { Recorder } from "../kernels/recorder.js";
import type { Chunk } from "../memory/arena.js";
import { allocate, release } from "../memory/heap.js";
import type { GradientNorm } from "./gradientNorm.js";

/**
 * The linear memory of an optimizer: states in sister chunks of its parameters, cells, norms. It knows nothing of the optimizer, so
 * that it can outlive it and be given back.
 */
export class Holdings {
  norms: GradientNorm[] = [];
  #cells = 0;
  #cellBytes = 0;
  readonly #sisters = new Map<string, Set<Chunk>>();

  /** @param prefix of the names of the sister chunks */
  constructor(readonly prefix: string) {}

  /** The address of a parameter's state. */
  place(parameter: Parameter, state: string): number {
    const { chunk, at } = parameter.slot;
    let chunks = this.#sisters.get(state);
    if (chunks === undefined) {
      chunks = new Set();
      this.#sisters.set(state, chunks);
    }
    chunks.add(chunk);
    return chunk.sister(this.prefix + state) + (at - chunk.at);
  }

  /** Room for cells of `bytes` bytes together. */
  cells(bytes: number): number {
    if (bytes > this.#cellBytes) {
      if (this.#cellBytes > 0) release(this.#cells, this.#cellBytes);
      this.#cellBytes = 0;
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

  release(): void {
    this.forgetNorms();
    for (const [state, chunks] of this.#sisters) for (const chunk of chunks) chunk.dropSister(this.prefix + state);
    this.#sisters.clear();
    if (this.#cellBytes > 0) release(this.#cells, this.#cellBytes);
    this.#cellBytes = 0;
  }
}
