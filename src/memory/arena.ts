import { allocate, release } from "./heap.js";
import { views } from "./memory.js";

/**
 * Parameters lie side by side in chunks. The gradient of a parameter and its moments in an optimizer lie at the same offset of
 * sister chunks:
 *
 *     parameters │ w₁   │ b₁ │ w₂      │ b₂ │ …
 *     gradients  │ ∂w₁  │ ∂b₁│ ∂w₂     │ ∂b₂│ …
 *     moments    │ m₁   │ …
 *
 * So an optimizer step or a global norm is a pass over a few contiguous runs, usually one.
 */

const ALIGN = 64;
/** Large enough for most models. Pages of memory that are never touched cost nothing. */
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

  /** The address of the sister chunk `name`, which is made at first use, filled with zeros. */
  sister(name: string): number {
    let at = this.#sisters.get(name);
    if (at === undefined) {
      at = allocate(this.bytes);
      // Only the places of parameters are zeroed. The rest is zeroed when a parameter is placed there; until then its pages stay untouched.
      for (const run of this.occupied()) views.u8.fill(0, at + run.at - this.at, at + run.at - this.at + run.bytes);
      this.#sisters.set(name, at);
    }
    return at;
  }

  /** Gives a sister chunk back, for example when an optimizer is dropped. */
  dropSister(name: string): void {
    const at = this.#sisters.get(name);
    if (at === undefined) return;
    release(at, this.bytes);
    this.#sisters.delete(name);
  }

  /** Zeroes a range of the chunk and the same range of all its sisters. */
  clear(at: number, bytes: number): void {
    views.u8.fill(0, at, at + bytes);
    for (const sister of this.#sisters.values()) views.u8.fill(0, sister + at - this.at, sister + at - this.at + bytes);
  }

  /** Whether an address lies in the chunk or in one of its sisters. */
  holds(address: number): boolean {
    for (const start of [this.at, ...this.#sisters.values()]) if (address >= start && address < start + this.bytes) return true;
    return false;
  }

  /** The ranges that parameters occupy, in the chunk and in all its sisters. */
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

/** The place of a parameter. */
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

/** Gives the place of a parameter back and joins neighbouring gaps. */
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

/** Whether an address lies in a chunk of parameters or in one of its sisters. */
export function inParameterArena(address: number): boolean {
  return chunks.some((chunk) => chunk.holds(address));
}

/** A copy of all parameters and of everything in their sister chunks. */
export interface Snapshot {
  /** Writes the copy back. */
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
