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

  /** Cuts a block off the first range that is large enough. @returns its address; 0 if no range is */
  cut(bytes: number): number {
    const ranges = this.#ranges;
    for (let i = 0; i < ranges.length; i++) {
      const range = ranges[i];
      if (range.bytes < bytes) continue;
      const { at } = range;
      range.at += bytes;
      range.bytes -= bytes;
      if (range.bytes === 0) ranges.splice(i, 1);
      return at;
    }
    return 0;
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
