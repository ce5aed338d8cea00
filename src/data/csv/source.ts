import { kindText } from "../../errors/message.js";
import { RecordError } from "../../io/recordError.js";
import type { Cell } from "../cells.js";
import { type ByteSource, replayed, type Stamp } from "../files/source.js";
import { type Cursor, type Source, skipByPulling } from "../stream/source.js";
import type { Walk } from "../stream/walk.js";
import { booleanOf, type ColumnType, checkTypes, dateOf, readingsOf } from "../table/columnType.js";
import type { Dialect } from "./dialect.js";
import type { Block } from "./parser.js";
import { type CsvHead, readBlocks, readHead } from "./reader.js";

/** A record of a table: cells by column; of a number that is missing NaN, of any other cell null. */
export type TableRecord = Record<string, Cell | null>;

/** Turns the text of a cell to what it says; undefined where it is none. */
type Convert = (cell: string) => Cell | undefined;

const CONVERSIONS: Partial<Record<ColumnType, Convert>> = {
  boolean: booleanOf,
  date: (cell) => {
    const time = dateOf(cell);
    return Number.isNaN(time) ? undefined : time;
  },
};

/** The records of a CSV file, one block after the other. */
export class CsvSource implements Source<TableRecord> {
  readonly skipped = [];
  readonly oneShot: string | null;
  #head: Promise<CsvHead> | null = null;
  readonly #bytes: ByteSource;

  constructor(
    readonly op: string,
    bytes: ByteSource,
    readonly settings: Dialect & { readonly types: Readonly<Record<string, ColumnType>> | null },
  ) {
    this.oneShot = bytes.oneShot;
    this.#bytes = replayed(bytes);
  }

  /** What the beginning of the file tells. It is read once, so that each walk reads the columns alike. @throws FileError, ArgumentError */
  head(): Promise<CsvHead> {
    this.#head ??= this.#readHead();
    return this.#head;
  }

  async #readHead(): Promise<CsvHead> {
    const { types } = this.settings;
    const head = await readHead(this.op, this.#bytes, this.settings, readingsOf(types));
    checkTypes(this.op, types, head.names);
    return head;
  }

  /** The records as blocks. */
  async *blocks(): AsyncGenerator<Block, void, undefined> {
    yield* readBlocks(this.#bytes, await this.head());
  }

  /** What tells whether the file has changed. */
  stamp(): Stamp | null {
    return this.#bytes.stamp();
  }

  get file(): string {
    return this.#bytes.name;
  }

  open(walk: Walk): Cursor<TableRecord> {
    return new CsvCursor(this, walk);
  }
}

class CsvCursor implements Cursor<TableRecord> {
  #blocks: AsyncGenerator<Block, void, undefined> | null = null;
  #maker: RecordMaker | null = null;
  #block: Block | null = null;
  #row = 0;
  /** Bad records of the block that were refused. */
  #bad = 0;
  #ended = false;

  constructor(
    private readonly source: CsvSource,
    private readonly walk: Walk,
  ) {}

  async pull(most: number): Promise<readonly TableRecord[] | null> {
    const records: TableRecord[] = [];
    while (await this.#ready()) {
      const block = this.#block as Block;
      while (records.length < most && (this.#row < block.rows || this.#bad < block.bad.length)) {
        const bad = this.#badHere(block) ?? (this.#maker as RecordMaker).make(block, this.#row);
        if (!(bad instanceof RecordError)) {
          records.push(bad);
          this.#row++;
          continue;
        }
        // The records before it come first.
        if (records.length > 0) return records;
        if (bad === this.#badHere(block)) this.#bad++;
        else this.#row++;
        this.walk.bad.refuse(bad);
      }
      if (records.length > 0) return records;
    }
    return null;
  }

  async skip(count: number): Promise<number> {
    if (this.walk.bad.lenient) return skipByPulling(this, count);
    let done = 0;
    while (done < count && (await this.#ready())) {
      const block = this.#block as Block;
      const bad = this.#badHere(block);
      if (bad !== undefined) this.walk.bad.refuse(bad);
      const end = this.#bad < block.bad.length ? block.bad[this.#bad].before : block.rows;
      const passed = Math.min(end - this.#row, count - done);
      this.#row += passed;
      done += passed;
    }
    return done;
  }

  async close(): Promise<void> {
    this.#ended = true;
    await this.#blocks?.return();
  }

  /** The bad record that stands where the walk is. */
  #badHere({ bad }: Block): RecordError | undefined {
    return this.#bad < bad.length && bad[this.#bad].before === this.#row ? bad[this.#bad].error : undefined;
  }

  /** Goes on to a block with records. @returns false at the end */
  async #ready(): Promise<boolean> {
    this.#blocks ??= this.source.blocks();
    while (!this.#ended) {
      const block = this.#block;
      if (block !== null && (this.#row < block.rows || this.#bad < block.bad.length)) return true;
      const { done, value } = await this.#blocks.next();
      if (done) break;
      [this.#block, this.#row, this.#bad] = [value, 0, 0];
      this.#maker ??= new RecordMaker(this.source, await this.source.head());
    }
    this.#ended = true;
    return false;
  }
}

/** Makes records of the rows of blocks. */
class RecordMaker {
  readonly #numbers: string[] = [];
  readonly #texts: string[] = [];
  readonly #conversions: (Convert | undefined)[] = [];
  /** A record to be copied: V8 gives copies one form, but makes slow objects of many assignments. */
  readonly #template: TableRecord;

  constructor(
    private readonly source: CsvSource,
    private readonly head: CsvHead,
  ) {
    for (const [column, name] of head.names.entries()) {
      if (head.readings[column] === "number") this.#numbers.push(name);
      else {
        this.#texts.push(name);
        this.#conversions.push(CONVERSIONS[this.#typeOf(name) ?? "text"]);
      }
    }
    this.#template = Object.fromEntries(head.names.map((name) => [name, null]));
  }

  make(block: Block, row: number): TableRecord | RecordError {
    const record = { ...this.#template };
    let at = row * this.#numbers.length;
    for (const name of this.#numbers) record[name] = block.numbers[at++];
    at = row * this.#texts.length;
    for (const [i, name] of this.#texts.entries()) {
      const cell = block.texts[at++];
      const convert = this.#conversions[i];
      const value = cell === null || convert === undefined ? cell : convert(cell);
      if (value === undefined) return this.#misfit(name, cell as string, block.lines[row]);
      record[name] = value;
    }
    return record;
  }

  /** The type that was given for a column; names such as "constructor" are columns, too. */
  #typeOf(name: string): ColumnType | null {
    const { types } = this.source.settings;
    return types !== null && Object.hasOwn(types, name) ? types[name] : null;
  }

  #misfit(name: string, cell: string, line: number): RecordError {
    const problem = `column ${kindText(name)}: ${kindText(cell)} is not of type ${kindText(this.#typeOf(name))}`;
    const mend = `Mend the cell, or read the column as texts: { types: { ${kindText(name)}: "text" } }.`;
    return new RecordError(this.head.op, problem, { file: this.head.file, line }, mend);
  }
}
