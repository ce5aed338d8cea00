import { allocate, release } from "./heap.js";
import { views } from "./memory.js";

/**
 * Parameters lie side by side in chunks; what belongs to a parameter (its gradient, an optimizer's moments) lies at the
 * same offset of a sister chunk:
 *
 *     parameters │ w₁   │ b₁ │ w₂      │ b₂ │ …
 *     gradients  │ ∂w₁  │ ∂b₁│ ∂w₂     │ ∂b₂│ …
 *     moments    │ m₁   │ …
 *
 * so that an optimizer step or a global norm is a pass over a few contiguous runs, usually one.
 */

const ALIGN = 64;
/** Untouched pages cost nothing, so a chunk is large enough for most models. */
const CHUNK_BYTES = 16 << 20;

interface Gap {
  at: number;
  bytes: number;
}

/** A contiguous piece of the parameter arena. */
export class Chunk {
  readonly at: number;
  readonly #sisters = new Map<string, number>();
  /** Free ranges, by address. */
  readonly gaps: Gap[];

  constructor(readonly bytes: number) {
    this.at = allocate(bytes);
    this.gaps = [{ at: this.at, bytes }];
  }

  /** Start of the sister chunk of that name, made of zeros at first use. */
  sister(name: string): number {
    let at = this.#sisters.get(name);
    if (at === undefined) {
      at = allocate(this.bytes);
      // Only where parameters are: the rest is zeroed when a parameter is placed there, and stays untouched until then.
      for (const run of this.occupied()) views.u8.fill(0, at + run.at - this.at, at + run.at - this.at + run.bytes);
      this.#sisters.set(name, at);
    }
    return at;
  }

  /** Gives a sister back, e.g. when an optimizer is dropped. */
  dropSister(name: string): void {
    const at = this.#sisters.get(name);
    if (at === undefined) return;
    release(at, this.bytes);
    this.#sisters.delete(name);
  }

  /** Zeros in the chunk and all its sisters. */
  clear(at: number, bytes: number): void {
    views.u8.fill(0, at, at + bytes);
    for (const sister of this.#sisters.values()) views.u8.fill(0, sister + at - this.at, sister + at - this.at + bytes);
  }

  /** Whether an address lies in the chunk or in one of its sisters. */
  holds(address: number): boolean {
    for (const start of [this.at, ...this.#sisters.values()]) if (address >= start && address < start + this.bytes) return true;
    return false;
  }

  /** The addresses of what is occupied, in the chunk and all its sisters. */
  everything(): Gap[] {
    const runs = this.occupied();
    return [this.at, ...this.#sisters.values()].flatMap((start) => runs.map(({ at, bytes }) => ({ at: start + at - this.at, bytes })));
  }

  private occupied(): Gap[] {
    const runs: Gap[] = [];
    let at = this.at;
    for (const gap of this.gaps) {
      if (gap.at > at) runs.push({ at, bytes: gap.at - at });
      at = gap.at + gap.bytes;
    }
    if (at < this.at + this.bytes) runs.push({ at, bytes: this.at + this.bytes - at });
    return runs;
  }
}

/** The place of one parameter. */
export interface Slot {
  readonly chunk: Chunk;
  readonly at: number;
  readonly bytes: number;
}

const chunks: Chunk[] = [];
let used = 0;

/** A zeroed place of at least `bytes` bytes, 64-byte aligned, that never moves. */
export function placeParameter(bytes: number): Slot {
  const size = Math.max(ALIGN, Math.ceil(bytes / ALIGN) * ALIGN);
  const slot = findGap(size) ?? findGap(size, newChunk(size));
  if (slot === null) throw new Error("arena: a new chunk is too small for its first parameter");
  slot.chunk.clear(slot.at, slot.bytes);
  used += size;
  return slot;
}

/** Gives a place back. Neighbouring gaps are joined. */
export function freeParameter({ chunk, at, bytes }: Slot): void {
  used -= bytes;
  const { gaps } = chunk;
  let i = gaps.findIndex((gap) => gap.at > at);
  if (i < 0) i = gaps.length;
  const before = gaps[i - 1];
  const after = gaps[i];
  if (before && before.at + before.bytes === at) {
    before.bytes += bytes;
    if (after && at + bytes === after.at) {
      before.bytes += after.bytes;
      gaps.splice(i, 1);
    }
  } else if (after && at + bytes === after.at) {
    after.at = at;
    after.bytes += bytes;
  } else gaps.splice(i, 0, { at, bytes });
}

/** Bytes of all parameters placed now. */
export function parameterBytes(): number {
  return used;
}

/** Whether an address is that of a parameter or of what belongs to one. */
export function inParameterArena(address: number): boolean {
  return chunks.some((chunk) => chunk.holds(address));
}

/** A copy of all parameters and of what belongs to them. */
export interface Snapshot {
  /** Puts everything back. */
  restore(): void;
  equals(other: Snapshot): boolean;
  readonly pieces: readonly { readonly at: number; readonly words: Uint32Array }[];
}

export function snapshotParameters(): Snapshot {
  const pieces = chunks
    .flatMap((chunk) => chunk.everything())
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

function newChunk(size: number): Chunk {
  const chunk = new Chunk(Math.max(CHUNK_BYTES, size));
  chunks.push(chunk);
  return chunk;
}

function findGap(size: number, only?: Chunk): Slot | null {
  for (const chunk of only ? [only] : chunks) {
    const i = chunk.gaps.findIndex((gap) => gap.bytes >= size);
    if (i < 0) continue;
    const gap = chunk.gaps[i];
    const slot = { chunk, at: gap.at, bytes: size };
    gap.at += size;
    gap.bytes -= size;
    if (gap.bytes === 0) chunk.gaps.splice(i, 1);
    return slot;
  }
  return null;
}
