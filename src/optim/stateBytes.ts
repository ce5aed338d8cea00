import { type Slot, stateArena } from "../memory/arena.js";
import { views } from "../memory/memory.js";

/** One state of parameters that lie side by side: zeros at first, in linear memory or saved in JS memory. */
export class StateBytes {
  #slot: Slot | null = null;
  /** Its bytes while they are not in linear memory. */
  saved: Uint8Array<ArrayBuffer> | null = null;

  constructor(readonly bytes: number) {}

  /** The address in linear memory, to which it is brought. @throws MemoryError */
  load(): number {
    if (this.#slot !== null) return this.#slot.at;
    const slot = stateArena.place(this.bytes);
    if (this.saved !== null) views.u8.set(this.saved.subarray(0, this.bytes), slot.at);
    this.#slot = slot;
    this.saved = null;
    return slot.at;
  }

  /** Moves it to JS memory. @returns whether there was room */
  save(): boolean {
    const slot = this.#slot;
    if (slot === null) return true;
    try {
      this.saved = views.u8.slice(slot.at, slot.at + this.bytes) as Uint8Array<ArrayBuffer>;
    } catch {
      return false;
    }
    this.free();
    return true;
  }

  /** Gives its linear memory back. */
  free(): void {
    if (this.#slot !== null) stateArena.free(this.#slot);
    this.#slot = null;
  }
}
