import type { NumberArray } from "../memory/views.js";
import { blockView } from "../memory/views.js";
import type { Buffer } from "../nn/buffer.js";
import type { Module } from "../nn/module.js";

/** A buffer with a copy of its elements, as they were at a time. */
interface Kept {
  readonly buffer: Buffer;
  readonly copy: NumberArray;
  at: number;
}

/** Copies of a model's buffers, such as running statistics, as they were before a step that may fail. */
export class BufferCopies {
  readonly #kept: Kept[];

  constructor(model: Module) {
    this.#kept = [...model.namedBuffers().values()].map((buffer) => {
      const copy = buffer.storage.copyOut();
      return { buffer, copy, at: buffer.storage.changedAt };
    });
  }

  /** Copies what has changed since. */
  keep(): void {
    const kept = this.#kept;
    for (let i = 0; i < kept.length; i++) {
      const { copy, at, buffer } = kept[i];
      const { storage, dtype, size } = buffer;
      if (storage.changedAt === at) continue;
      copy.set(blockView(dtype, storage.at, size));
      kept[i].at = storage.changedAt;
    }
  }

  /** Gives the buffers what was copied. */
  restore(): void {
    for (const kept of this.#kept) {
      const { storage } = kept.buffer;
      if (storage.changedAt === kept.at) continue;
      storage.write(kept.copy, "fit");
      kept.at = storage.changedAt;
    }
  }
}
