import { message } from "../../errors/message.js";
import { FileError } from "../../io/error.js";
import { type FileHandle, fileSystem } from "../../io/node.js";
import { reasonOf } from "../../io/reason.js";

/** A file of rows of one size. */
export interface RowFile {
  readonly path: string;
  /** Where the first row begins. */
  readonly begin: number;
  readonly rowBytes: number;
  /** Called with the bytes of each block that is read. @throws FileError for a damaged one */
  check?(block: number, bytes: Uint8Array): void;
}

/** Rows of several files that belong together, such as images and their labels, and how they are read. */
export interface RowLayout {
  readonly op: string;
  readonly files: readonly RowFile[];
  readonly rows: number;
  /** The rows that are read at once. */
  readonly blockRows: number;
  /** The blocks that are in memory together: rows are shuffled among them. */
  readonly windowBlocks: number;
  /** Memory of walks that have ended, for the next: fresh memory costs as much time as reading into it. */
  readonly free: Uint8Array[][];
}

/** Random whole numbers: one from 0 to below `count`, by the number of the place for which it is drawn. */
export type Choose = (place: number, count: number) => number;

/** Rows that are in memory. */
export interface Window {
  /** The bytes of each file's rows. They are overwritten when the window after the next is asked for. */
  readonly bytes: readonly Uint8Array[];
  /** The order in which the rows come. */
  readonly order: Int32Array;
}

/**
 * Reads rows in windows of some blocks each. Shuffled, the blocks come in random order, and the rows of a window too; the memory is that of
 * two windows. While the rows of one are used, the next one is read.
 */
export class WindowReader {
  readonly #blocks: Int32Array;
  #spaces: Uint8Array[][] | null = null;
  #handles: FileHandle[] | null = null;
  #next: Promise<Window | null> | null = null;
  /** The number of the window that is read next. */
  #turn = 0;
  #row = 0;
  #ended = false;

  /** @param shuffle what chooses the order of the blocks, and of the rows of a window; null: they come as they stand */
  constructor(
    private readonly layout: RowLayout,
    private readonly shuffle: { readonly blocks: Choose; readonly rows: Choose } | null,
  ) {
    this.#blocks = order(Math.ceil(layout.rows / layout.blockRows), shuffle?.blocks ?? null, 0);
  }

  /** The next window; null at the end. */
  async next(): Promise<Window | null> {
    if (this.#ended) return null;
    const window = await (this.#next ?? this.#read());
    this.#next = window === null || this.#ended ? null : this.#read();
    // It is waited for by the next call, if there is one.
    this.#next?.catch(() => {});
    return window;
  }

  /** Passes over windows, of which nothing is read, as long as they have no more than `rows` rows. Only before the first one. @returns how many rows */
  skip(rows: number): number {
    let done = 0;
    for (;;) {
      const size = this.#sizeOf(this.#turn);
      if (size === 0 || done + size > rows) return done;
      done += size;
      this.#row += size;
      this.#turn++;
    }
  }

  async close(): Promise<void> {
    this.#ended = true;
    await this.#next?.catch(() => {});
    await Promise.all((this.#handles ?? []).map((handle) => handle.close().catch(() => {})));
    this.#handles = null;
    this.layout.free.push(...(this.#spaces ?? []));
    this.layout.free.splice(2);
    this.#spaces = null;
  }

  #blocksOf(turn: number): Int32Array {
    const { windowBlocks } = this.layout;
    return this.#blocks.subarray(turn * windowBlocks, (turn + 1) * windowBlocks);
  }

  #sizeOf(turn: number): number {
    return this.#blocksOf(turn).reduce((sum, block) => sum + this.#rowsOf(block), 0);
  }

  #rowsOf(block: number): number {
    return Math.min(this.layout.blockRows, this.layout.rows - block * this.layout.blockRows);
  }

  async #read(): Promise<Window | null> {
    const turn = this.#turn++;
    const blocks = this.#blocksOf(turn);
    if (blocks.length === 0) return null;
    const { op, files, blockRows, windowBlocks } = this.layout;
    this.#handles ??= await openAll(op, files);
    const handles = this.#handles;
    this.#spaces ??= [this.layout.free.pop() ?? [], this.layout.free.pop() ?? []];
    const space = this.#spaces[turn & 1];
    const size = this.#sizeOf(turn);
    const bytes: Uint8Array[] = [];
    for (const [i, file] of files.entries()) {
      const most = Math.min(windowBlocks * blockRows, this.layout.rows);
      space[i] ??= new Uint8Array(most * file.rowBytes);
      let at = 0;
      for (const block of blocks) {
        const length = this.#rowsOf(block) * file.rowBytes;
        const piece = space[i].subarray(at, at + length);
        await readPiece(op, file, handles[i], piece, file.begin + block * blockRows * file.rowBytes);
        file.check?.(block, piece);
        at += length;
      }
      bytes.push(space[i].subarray(0, at));
    }
    const rows = order(size, this.shuffle?.rows ?? null, this.#row);
    this.#row += size;
    return { bytes, order: rows };
  }
}

/** The numbers 0 … n − 1, shuffled as Fisher and Yates do. @param first the place of the first number that is drawn */
function order(n: number, choose: Choose | null, first: number): Int32Array {
  const numbers = Int32Array.from({ length: n }, (_, i) => i);
  if (choose === null) return numbers;
  for (let i = n - 1; i > 0; i--) {
    const j = choose(first + i, i + 1);
    const swapped = numbers[i];
    numbers[i] = numbers[j];
    numbers[j] = swapped;
  }
  return numbers;
}

async function openAll(op: string, files: readonly RowFile[]): Promise<FileHandle[]> {
  const handles: FileHandle[] = [];
  try {
    for (const { path } of files) {
      handles.push(
        await fileSystem(op, "read")
          .promises.open(path, "r")
          .catch((error) => {
            throw new FileError(message(op, `cannot read ${path}: ${reasonOf(error)}`));
          }),
      );
    }
  } catch (error) {
    for (const handle of handles) await handle.close().catch(() => {});
    throw error;
  }
  return handles;
}

/** Fills an array from a place of a file on. @throws FileError where the file ends before */
async function readPiece(op: string, { path }: RowFile, handle: FileHandle, into: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await handle.read(into, done, into.length - done, at + done).catch((error) => {
      throw new FileError(message(op, `cannot read ${path}: ${reasonOf(error)}`));
    });
    if (bytesRead === 0) throw new FileError(message(op, `${path} ends at byte ${at + done}; it became shorter while it was read`));
    done += bytesRead;
  }
}
