import type { Batch } from "../../train/data.js";
import type { Cursor, Source } from "../stream/source.js";
import type { Walk } from "../stream/walk.js";
import { type Choose, type RowLayout, type Window, WindowReader } from "./windows.js";

/** Makes a batch: `take` is called with a window and the rows of it that come next, `done` when the batch is full. */
export interface Assembler {
  take(window: Window, from: number, to: number): void;
  done(): Batch;
}

export interface RowBatches {
  readonly layout: RowLayout;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly dropLast: boolean;
  /** @param rows of the batch */
  assemble(rows: number): Assembler;
}

/** Batches of rows of files. What is passed over is not read. */
export function rowBatches(rows: RowBatches): Source<Batch> {
  return { open: (walk) => new RowCursor(rows, walk), oneShot: null, skipped: [] };
}

class RowCursor implements Cursor<Batch> {
  #reader: WindowReader | null = null;
  #window: Window | null = null;
  /** The place in the window's order. */
  #at = 0;
  #taken = 0;

  constructor(
    private readonly rows: RowBatches,
    private readonly walk: Walk,
  ) {}

  async pull(): Promise<readonly Batch[] | null> {
    const size = this.#sizeAt(this.#taken);
    if (size === 0) return null;
    const assembler = this.rows.assemble(size);
    for (let filled = 0; filled < size; ) {
      if (this.#window === null || this.#at === this.#window.order.length) await this.#turn();
      const window = this.#window as Window;
      const end = Math.min(window.order.length, this.#at + size - filled);
      assembler.take(window, this.#at, end);
      filled += end - this.#at;
      this.#at = end;
    }
    this.#taken += size;
    return [assembler.done()];
  }

  async skip(count: number): Promise<number> {
    let done = 0;
    let rows = 0;
    for (let size = -1; done < count; done++) {
      size = this.#sizeAt(this.#taken + rows);
      if (size === 0) break;
      rows += size;
    }
    this.#taken += rows;
    let left = rows;
    if (this.#window === null) left -= this.#open().skip(left);
    while (left > 0) {
      if (this.#window === null || this.#at === this.#window.order.length) await this.#turn();
      const passed = Math.min(left, (this.#window as Window).order.length - this.#at);
      this.#at += passed;
      left -= passed;
    }
    return done;
  }

  async close(): Promise<void> {
    await this.#reader?.close();
  }

  /** The rows of the batch that comes after the rows that were taken; 0 at the end. */
  #sizeAt(taken: number): number {
    const size = Math.min(this.rows.batchSize, this.rows.layout.rows - taken);
    return this.rows.dropLast && size < this.rows.batchSize ? 0 : size;
  }

  #open(): WindowReader {
    const chooser = (purpose: string): Choose => {
      const uniform = this.walk.uniform(purpose);
      return (place, count) => Math.floor(uniform(place) * count);
    };
    const shuffle = this.rows.shuffle ? { blocks: chooser("blocks"), rows: chooser("rows") } : null;
    this.#reader ??= new WindowReader(this.rows.layout, shuffle);
    return this.#reader;
  }

  async #turn(): Promise<void> {
    this.#window = await this.#open().next();
    this.#at = 0;
  }
}
