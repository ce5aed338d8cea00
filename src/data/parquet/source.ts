import { SimdgradError } from "../../errors/errors.js";
import { kindText, message } from "../../errors/message.js";
import { FileError } from "../../io/error.js";
import type { Cursor, Source } from "../stream/source.js";
import type { Openable } from "./bytes.js";
import { behind, checkMetadata, checkPages, chunkRange, levelsOf } from "./check.js";
import { type Bytes, type Codecs, loadCodecs, loadParquet, type Parquet, type ParquetChunk, type ParquetMetadata } from "./peer.js";

/** A record of a Parquet file. */
export type ParquetRecord = Record<string, unknown>;

/** Physical types that are numbers. */
const NUMBERS = ["INT32", "INT64", "FLOAT", "DOUBLE"];

/** The records of a Parquet file, a row group at a time. */
export function parquetSource(op: string, file: Openable): Source<ParquetRecord> {
  return { open: () => new ParquetCursor(op, file), oneShot: null, skipped: [] };
}

interface OpenParquet {
  readonly parquet: Parquet;
  readonly metadata: ParquetMetadata;
  readonly bytes: Bytes;
  close(): Promise<void>;
}

class ParquetCursor implements Cursor<ParquetRecord> {
  #file: OpenParquet | null = null;
  /** The row group that comes next, and where its first row stands. */
  #group = 0;
  #first = 0;
  #columns: { name: string; cells: ArrayLike<unknown>; missing: unknown }[] = [];
  #rows = 0;
  #row = 0;
  #codecs: Codecs = {};
  #ended = false;

  constructor(
    private readonly op: string,
    private readonly file: Openable,
  ) {}

  async pull(most: number): Promise<readonly ParquetRecord[] | null> {
    while (this.#row === this.#rows) if (!(await this.#next(0))) return null;
    const records: ParquetRecord[] = [];
    for (const end = Math.min(this.#rows, this.#row + most); this.#row < end; this.#row++) {
      const entries = this.#columns.map(({ name, cells, missing }) => [name, plain(cells[this.#row], missing)] as const);
      records.push(Object.fromEntries(entries));
    }
    return records;
  }

  async skip(count: number): Promise<number> {
    let done = 0;
    while (done < count) {
      if (this.#row === this.#rows) {
        const before = this.#first;
        if (!(await this.#next(count - done))) break;
        // Groups that were passed over whole are not read.
        done += this.#first - before - this.#rows;
        if (done === count) break;
      }
      const passed = Math.min(count - done, this.#rows - this.#row);
      this.#row += passed;
      done += passed;
    }
    return done;
  }

  async close(): Promise<void> {
    this.#ended = true;
    await this.#file?.close();
  }

  /** Reads the next row group. @param over rows that may be passed over @returns false at the end */
  async #next(over: number): Promise<boolean> {
    const file = this.#file ?? (await this.#open());
    const groups = file.metadata.row_groups;
    let left = over;
    [this.#rows, this.#row, this.#columns] = [0, 0, []];
    while (this.#group < groups.length && Number(groups[this.#group].num_rows) <= left) {
      const rows = Number(groups[this.#group++].num_rows);
      this.#first += rows;
      left -= rows;
      if (left === 0 && over > 0) return true;
    }
    if (this.#ended || this.#group === groups.length) return over > left;
    await this.#read(file, this.#group++).catch((error) => {
      throw this.#failure(error, this.file.name);
    });
    return true;
  }

  async #read({ parquet, metadata, bytes }: OpenParquet, number: number): Promise<void> {
    const group = metadata.row_groups[number];
    const rows = Number(group.num_rows);
    for (const element of topLevel(metadata)) {
      const chunks = group.columns.filter(({ meta_data }) => meta_data?.path_in_schema?.[0] === element.name);
      const place = `${this.file.name}, row group ${number}, column ${kindText(element.name)}`;
      try {
        const held = new HeldBytes(bytes);
        for (const { meta_data, file_path } of chunks) {
          if (meta_data === undefined || file_path !== undefined) throw new Error("its cells are in another file");
          const levels = levelsOf(metadata, meta_data.path_in_schema);
          const codecs = await this.#unpackers(parquet, meta_data);
          const { start, end } = chunkRange(group, meta_data, bytes.byteLength, levels);
          checkPages(parquet, meta_data, await held.hold(start, end), levels, codecs);
        }
        const cells = await parquet.column(held, metadata, this.#codecs, element.name, this.#first, this.#first + rows);
        if (cells.length !== rows) throw new Error(`it has ${cells.length} cells; expected ${rows}`);
        this.#columns.push({ name: element.name, cells, missing: NUMBERS.includes(element.type ?? "") ? Number.NaN : null });
      } catch (error) {
        throw this.#failure(error, place);
      }
    }
    this.#first += rows;
    this.#rows = rows;
  }

  /** The codecs that are known, among them that of a chunk. */
  async #unpackers({ codecs }: Parquet, { codec }: ParquetChunk): Promise<Codecs> {
    if (!Object.hasOwn(codecs, codec) && this.#codecs[codec] === undefined) {
      this.#codecs = await loadCodecs(this.op, codec);
      if (this.#codecs[codec] === undefined) throw new Error(`its codec ${codec} is not known`);
    }
    return { ...this.#codecs, ...codecs };
  }

  async #open(): Promise<OpenParquet> {
    const parquet = await loadParquet(this.op);
    const { bytes, close } = await this.file.open();
    try {
      const metadata = await parquet.metadata(bytes);
      checkMetadata(metadata);
      this.#file = { parquet, metadata, bytes, close };
      return this.#file;
    } catch (error) {
      await close();
      throw this.#failure(error, this.file.name);
    }
  }

  #failure(error: unknown, place: string): unknown {
    if (error instanceof SimdgradError) return error;
    const text = (error as { message?: string } | null)?.message ?? String(error);
    return new FileError(message(this.op, `${place}: ${text}`, "The file is damaged, or no Parquet file."));
  }
}

/** The columns of the table. */
function topLevel({ schema }: ParquetMetadata): ParquetMetadata["schema"] {
  const columns: ParquetMetadata["schema"][number][] = [];
  // The root comes first.
  for (let at = 1; at < schema.length; at = behind(schema, at)) columns.push(schema[at]);
  return columns;
}

/** A cell as records have it: whole numbers of 64 bits and times become numbers where these hold them. */
function plain(cell: unknown, missing: unknown): unknown {
  if (cell === null || cell === undefined) return missing;
  if (typeof cell === "bigint") return cell === BigInt(Number(cell)) && Number.isSafeInteger(Number(cell)) ? Number(cell) : cell;
  return Object.prototype.toString.call(cell) === "[object Date]" ? (cell as Date).getTime() : cell;
}

/** A file of which some parts are in memory already. */
class HeldBytes implements Bytes {
  readonly #parts: { start: number; bytes: ArrayBuffer }[] = [];

  constructor(private readonly file: Bytes) {}

  get byteLength(): number {
    return this.file.byteLength;
  }

  async hold(start: number, end: number): Promise<ArrayBuffer> {
    const bytes = await this.file.slice(start, end);
    this.#parts.push({ start, bytes });
    return bytes;
  }

  async slice(start: number, end: number = this.byteLength): Promise<ArrayBuffer> {
    const part = this.#parts.find((one) => one.start <= start && end <= one.start + one.bytes.byteLength);
    return part === undefined ? this.file.slice(start, end) : part.bytes.slice(start - part.start, end - part.start);
  }
}
