import { MemoryError } from "../errors/errors.js";
import { Chunk } from "./chunk.js";
import { classBytes, sizeClass } from "./heap.js";

/**
 * What lives as long as a model lies side by side in the chunks of an arena. The gradient of a parameter lies at the same offset of
 * the chunk's sister, and the states of an optimizer lie side by side as their parameters do:
 *
 *     parameters │ w₁   │ b₁ │ w₂      │ b₂ │ …
 *     gradients  │ ∂w₁  │ ∂b₁│ ∂w₂     │ ∂b₂│ …
 *     states     │ m₁   │ …
 *
 * So an optimizer step or a global norm is a pass over a few contiguous runs, usually one.
 */

const ALIGN = 64;
/** A new chunk has a quarter of what the arena holds, within these bounds: memory stays in proportion, and chunks stay few. */
const SMALLEST_CHUNK = 64 << 10;
const LARGEST_CHUNK = 16 << 20;

/** A place in an arena. */
export interface Slot {
  readonly chunk: Chunk;
  readonly at: number;
  readonly bytes: number;
  /** What lies there, in words. */
  name: string;
}

/** Memory for places that never move, in chunks that grow with what is placed. */
export class Arena {
  /** All places that are taken. */
  readonly slots: Set<Slot> = new Set();
  readonly #chunks: Chunk[] = [];
  #used = 0;

  /** Bytes of all that is placed now. */
  get used(): number {
    return this.#used;
  }

  /**
   * A zeroed place of at least `bytes` bytes, 64-byte aligned.
   * @param own bytes at its beginning that the caller writes before anybody reads them; they are not zeroed
   * @throws MemoryError
   */
  place(bytes: number, own = 0): Slot {
    const size = Math.max(ALIGN, Math.ceil(bytes / ALIGN) * ALIGN);
    const slot = this.#find(size, own) ?? this.#open(size, own);
    this.slots.add(slot);
    this.#used += size;
    return slot;
  }

  /** Gives a place back, and with the last place its chunk. */
  free(slot: Slot): void {
    const { chunk, at, bytes } = slot;
    this.slots.delete(slot);
    this.#used -= bytes;
    chunk.giveBack(at, bytes);
    if (chunk.used > 0) return;
    this.#chunks.splice(this.#chunks.indexOf(chunk), 1);
    chunk.release();
  }

  /** Whether an address lies in a chunk or in its sister. */
  holds(address: number): boolean {
    return this.#chunks.some((chunk) => chunk.holds(address));
  }

  /** The ranges of all that is placed, with what lies at the same offsets of the sisters. */
  everything(): { at: number; bytes: number }[] {
    return this.#chunks.flatMap((chunk) => chunk.everything());
  }

  #find(size: number, own: number): Slot | null {
    for (const chunk of this.#chunks) {
      const at = chunk.take(size, own);
      if (at !== 0) return { chunk, at, bytes: size, name: "" };
    }
    return null;
  }

  #open(size: number, own: number): Slot {
    const wanted = Math.max(size, Math.min(Math.max(this.#used / 4, SMALLEST_CHUNK), LARGEST_CHUNK));
    // What is larger than any chunk stays alone: a small parameter beside it would take a gradient of its size.
    const chunk = (size > LARGEST_CHUNK ? null : chunkOf(wanted)) ?? new Chunk(size);
    this.#chunks.push(chunk);
    return { chunk, at: chunk.take(size, own), bytes: size, name: "" };
  }
}

/** A chunk of at least `bytes` bytes, as large as the heap's block for it; null where so much is not free. */
function chunkOf(bytes: number): Chunk | null {
  try {
    return new Chunk(classBytes(sizeClass(bytes)));
  } catch (error) {
    if (error instanceof MemoryError) return null;
    throw error;
  }
}

/** Where parameters lie, their gradients in sisters of the chunks. */
export const parameterArena: Arena = new Arena();

/** Where the states of optimizers lie. */
export const stateArena: Arena = new Arena();

/** Whether an address belongs to a parameter: to its elements, its gradient or its states. */
export function belongsToParameter(address: number): boolean {
  return parameterArena.holds(address) || stateArena.holds(address);
}
