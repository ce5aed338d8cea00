import type { NumberArray } from "../memory/views.js";
import { dataStorage, hostArray } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { decode, FORMATS } from "./elements.js";
import { type OpenFile, withFile } from "./file.js";
import type { Path } from "./node.js";
import { type Entry, headerEnd, LENGTH_BYTES, readHeader } from "./safetensorsHeader.js";

/** Bytes of a file that are decoded at once, a multiple of every element's width. */
const PIECE = 16 << 20;

/** A safetensors file on disk, of which the elements are read when they are asked for. */
export class TensorFile {
  /** The tensors by name, in the order of their bytes in the file. */
  readonly entries: ReadonlyMap<string, Entry>;

  constructor(
    private readonly op: string,
    private readonly file: OpenFile,
    entries: readonly Entry[],
    readonly metadata: Readonly<Record<string, string>>,
    /** The byte of the file at which the elements begin. */
    private readonly start: number,
  ) {
    this.entries = new Map(entries.map((entry) => [entry.name, entry]));
  }

  /** Hands the elements of a tensor over, a piece after the other. @param take is told the number of the piece's first element */
  async read(entry: Entry, take: (elements: NumberArray, from: number) => void): Promise<void> {
    const width = FORMATS[entry.format].bytes;
    for (let at = entry.begin; at < entry.end; at += PIECE) {
      const bytes = await this.file.read(this.start + at, this.start + Math.min(at + PIECE, entry.end));
      const from = (at - entry.begin) / width;
      take(decode(this.op, entry, bytes, from), from);
    }
  }

  /** A tensor of the file. */
  async tensor(entry: Entry): Promise<Tensor> {
    const { dtype, bytes } = FORMATS[entry.format];
    const elements = hostArray(this.op, dtype, (entry.end - entry.begin) / bytes);
    await this.read(entry, (piece, from) => elements.set(piece, from));
    return new Tensor(dataStorage(dtype, elements, this.op), Object.freeze(entry.shape));
  }

  /** All tensors by name. */
  async tensors(): Promise<Map<string, Tensor>> {
    const found = new Map<string, Tensor>();
    for (const entry of this.entries.values()) found.set(entry.name, await this.tensor(entry));
    return found;
  }
}

/**
 * Opens a safetensors file, checks its header, calls `use` and closes the file.
 * @throws FileError, DTypeError, ShapeError that say what is wrong with the file
 */
export function withTensorFile<T>(path: Path, op: string, use: (file: TensorFile) => Promise<T>): Promise<T> {
  return withFile(path, op, async (file) => {
    const first = await file.read(0, Math.min(LENGTH_BYTES, file.size));
    // The operation on a shard names it already.
    const named = op.includes(": ") ? op : `${op}: ${path}`;
    const end = headerEnd(named, first, file.size);
    const { entries, metadata, start } = readHeader(named, await file.read(0, end), file.size);
    return use(new TensorFile(op, file, entries, metadata, start));
  });
}
