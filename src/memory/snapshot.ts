import { parameterArena, stateArena } from "./arena.js";
import { views } from "./memory.js";

/** A copy of all parameters, of their gradients and of their states. */
export interface Snapshot {
  /** Writes the copy back. */
  restore(): void;
  equals(other: Snapshot): boolean;
  readonly pieces: readonly { readonly at: number; readonly words: Uint32Array }[];
}

export function snapshotParameters(): Snapshot {
  const pieces = [parameterArena, stateArena]
    .flatMap((arena) => arena.everything())
    .map(({ at, bytes }) => ({ at, words: views.u32.slice(at >>> 2, (at + bytes) >>> 2) }));
  return {
    pieces,
    restore: () => {
      for (const { at, words } of pieces) views.u32.set(words, at >>> 2);
    },
    equals: (other) =>
      pieces.length === other.pieces.length && pieces.every(({ words }, i) => words.every((word, j) => word === other.pieces[i].words[j])),
  };
}
