/** A contiguous piece of linear memory. */
export interface Range {
  at: number;
  bytes: number;
}

/** Free memory outside of the lists of the size classes: neighbouring free blocks that were joined, by address. */
export class FreeRanges {
  #ranges: Range[] = [];

  /** Whether there is none. */
  get isEmpty(): boolean {
    return this.#ranges.length === 0;
  }

  /**
   * Cuts a block off the smallest range that is large enough, so that small blocks do not split the ranges that large ones need.
   * @returns its address; 0 if no range is large enough
   */
  cut(bytes: number): number {
    const ranges = this.#ranges;
    let best = -1;
    for (let i = 0; i < ranges.length; i++) {
      const size = ranges[i].bytes;
      if (size >= bytes && (best < 0 || size < ranges[best].bytes)) best = i;
    }
    if (best < 0) return 0;
    const range = ranges[best];
    const { at } = range;
    range.at += bytes;
    range.bytes -= bytes;
    if (range.bytes === 0) ranges.splice(best, 1);
    return at;
  }

  /** Adds blocks, and joins what lies side by side. */
  add(blocks: readonly Range[]): void {
    const joined: Range[] = [];
    for (const { at, bytes } of [...this.#ranges, ...blocks].sort((a, b) => a.at - b.at)) {
      const last = joined.at(-1);
      if (last !== undefined && last.at + last.bytes === at) last.bytes += bytes;
      else joined.push({ at, bytes });
    }
    this.#ranges = joined;
  }

  /** Takes the range that ends at `end` away. @returns where it began; `end` if there is no such range */
  withdraw(end: number): number {
    const last = this.#ranges.at(-1);
    if (last === undefined || last.at + last.bytes !== end) return end;
    this.#ranges.pop();
    return last.at;
  }
}
