import { allocate, release } from "./heap.js";
import { views } from "./memory.js";

/** A free range. */
interface Gap {
  at: number;
  bytes: number;
}

/**
 * A contiguous piece of an arena: places side by side, and the gaps between them. Its sister is a second piece of the same size, for
 * what lies at the same offset as a place: the gradients of parameters.
 */
export class Chunk {
  readonly at: number;
  #sister = 0;
  /** Bytes that are placed. */
  used = 0;
  /** Free ranges, by address. No two of them touch. */
  readonly gaps: Gap[];

  constructor(readonly bytes: number) {
    this.at = allocate(bytes);
    this.gaps = [{ at: this.at, bytes }];
  }

  /**
   * Takes a place in the first gap that is large enough. It is zeroed, but for `own` bytes at its beginning, which the caller writes before
   * anybody reads them: the pages of a large place stay untouched until then.
   * @returns its address; 0 if there is none
   */
  take(bytes: number, own = 0): number {
    if (this.bytes - this.used < bytes) return 0;
    const { gaps } = this;
    const i = gaps.findIndex((gap) => gap.bytes >= bytes);
    if (i < 0) return 0;
    const gap = gaps[i];
    const { at } = gap;
    gap.at += bytes;
    gap.bytes -= bytes;
    if (gap.bytes === 0) gaps.splice(i, 1);
    this.used += bytes;
    views.u8.fill(0, at + own, at + bytes);
    if (this.#sister !== 0) views.u8.fill(0, this.#sister + at - this.at, this.#sister + at - this.at + bytes);
    return at;
  }

  /** Gives a place back and joins neighbouring gaps. */
  giveBack(at: number, bytes: number): void {
    this.used -= bytes;
    const { gaps } = this;
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

  /** The address of the sister, which is made at first use. It is zero where something is placed. */
  sister(): number {
    if (this.#sister === 0) {
      const sister = allocate(this.bytes);
      // The rest is zeroed when something is placed there. Until then its pages stay untouched.
      for (const { at, bytes } of this.#occupied()) views.u8.fill(0, sister + at - this.at, sister + at - this.at + bytes);
      this.#sister = sister;
    }
    return this.#sister;
  }

  /** Whether the sister was made. */
  get hasSister(): boolean {
    return this.#sister !== 0;
  }

  /** Gives the memory of the chunk and of its sister back. Nothing may be placed in it any more. */
  release(): void {
    release(this.at, this.bytes);
    if (this.#sister !== 0) release(this.#sister, this.bytes);
  }

  /** Whether an address lies in the chunk or in its sister. */
  holds(address: number): boolean {
    return this.#starts().some((start) => address >= start && address < start + this.bytes);
  }

  /** The ranges that are placed, in the chunk and in its sister. */
  everything(): Gap[] {
    const runs = this.#occupied();
    return this.#starts().flatMap((start) => runs.map(({ at, bytes }) => ({ at: start + at - this.at, bytes })));
  }

  #starts(): number[] {
    return this.#sister === 0 ? [this.at] : [this.at, this.#sister];
  }

  #occupied(): Gap[] {
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
