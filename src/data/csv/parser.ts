import { shortened } from "../../errors/message.js";
import { RecordError } from "../../io/recordError.js";
import { hasDecimalComma, numberOf } from "./cells.js";
import { scanNumber } from "./number.js";
import type { Unquote } from "./papaparse.js";
import { Texts } from "./texts.js";

/** How a column is read: as numbers, as texts, or not at all. */
export type Reading = "number" | "text" | "skip";

/** Records that were read one behind the other. */
export interface Block {
  readonly rows: number;
  /** The line of each record, from 1. */
  readonly lines: Int32Array;
  /** The cells of the columns that are read as numbers, row by row; NaN where one is missing. */
  readonly numbers: Float64Array;
  /** The cells of the columns that are read as texts, row by row; null where one is missing. */
  readonly texts: (string | null)[];
  /** Records that cannot be read, and how many of the block stand before each. */
  readonly bad: { readonly before: number; readonly error: RecordError }[];
}

/** What a parser has to know of a file. */
export interface Layout {
  readonly op: string;
  /** What errors call the file. */
  readonly file: string;
  readonly names: readonly string[];
  readonly separator: string;
  readonly comment: string | null;
  readonly missing: ReadonlySet<string>;
}

const [LF, CR, QUOTE] = [10, 13, 34];
const [NUMBER, TEXT, SKIP] = [0, 1, 2];
const CODES: Readonly<Record<Reading, number>> = { number: NUMBER, text: TEXT, skip: SKIP };

/**
 * Reads records of a CSV file (RFC 4180) from bytes. A plain line is read as it stands, its numbers without a string on the way; of a record
 * with quotes or line feeds within quotes Papa Parse tells the cells.
 */
export class CsvParser {
  /** The number of the next line. */
  line = 1;
  /** Splits a record with quotes; null as long as none was met. */
  unquote: Unquote | null = null;
  readonly #layout: Layout;
  readonly #separator: number;
  readonly #comment: Uint8Array;
  readonly #kinds: Uint8Array;
  readonly #width: number;
  readonly #counts: readonly [numbers: number, texts: number];
  readonly #columns: { numbers: number[]; texts: number[] } = { numbers: [], texts: [] };
  readonly #texts = new Texts();
  /** The numbers that stand for what is missing, such as −999. */
  readonly #blanks: readonly number[];
  /** What becomes of a cell that is no number in a column of numbers: true takes it as missing. */
  readonly #misfit: (column: number, cell: string) => boolean;
  #expected = 64;

  // The block that is being read.
  #rows = 0;
  #lines = new Int32Array(0);
  #numbers = new Float64Array(0);
  #cells: (string | null)[] = [];
  #bad: Block["bad"] = [];
  /** Why the record that is being read is a bad one. */
  #fault = "";

  constructor(layout: Layout, readings: readonly Reading[], misfit: (column: number, cell: string) => boolean = () => false) {
    this.#layout = layout;
    this.#separator = layout.separator.charCodeAt(0);
    this.#comment = new TextEncoder().encode(layout.comment ?? "");
    this.#kinds = Uint8Array.from(readings, (reading) => CODES[reading]);
    this.#width = readings.length;
    this.#blanks = [...layout.missing].map(numberOf).filter((value) => value !== null);
    this.#misfit = misfit;
    for (const [column, reading] of readings.entries()) {
      if (reading === "number") this.#columns.numbers.push(column);
      if (reading === "text") this.#columns.texts.push(column);
    }
    this.#counts = [this.#columns.numbers.length, this.#columns.texts.length];
  }

  /**
   * Reads the records in the bytes from `from` to before `end`, which stands behind a line feed.
   * @returns the records, and where the first one begins that does not end there
   */
  parse(bytes: Uint8Array, from: number, end: number): { block: Block; rest: number } {
    this.#begin();
    let at = from;
    while (at < end) {
      const next = this.#skipped(bytes, at);
      if (next > at) {
        at = next;
        continue;
      }
      if (this.#rows === this.#lines.length) this.#grow();
      this.#lines[this.#rows] = this.line;
      const behind = this.#plain(bytes, at);
      if (behind >= 0) {
        this.line++;
        this.#rows++;
        at = behind;
        continue;
      }
      const close = this.endOf(bytes, at, end);
      if (close < 0) break;
      this.#careful(bytes, at, close);
      at = close + 1;
    }
    return { block: this.#end(), rest: at };
  }

  /** The cells of the record that begins at a byte, as texts. @param close the line feed behind it @throws RecordError */
  cells(bytes: Uint8Array, from: number, close: number): string[] {
    const line = this.line;
    let quoted = false;
    for (let i = from; i < close; i++) {
      if (bytes[i] === LF) this.line++;
      if (bytes[i] === QUOTE) quoted = true;
    }
    this.line++;
    const text = this.#texts.read(bytes, from, bytes[close - 1] === CR && close > from ? close - 1 : close);
    if (text === null) throw this.error(line, "its bytes are no UTF-8", "Save the file as UTF-8.");
    if (!quoted) return text.split(this.#layout.separator);
    try {
      return (this.unquote as Unquote)(text);
    } catch (error) {
      throw this.error(line, `its quotes are malformed: ${(error as Error).message}`, 'Within quotes a quote is written twice: "".');
    }
  }

  /** Where the next record begins: behind lines that are empty or comments. */
  begin(bytes: Uint8Array, from: number, end: number): number {
    for (let at = from; ; ) {
      const next = at < end ? this.#skipped(bytes, at) : at;
      if (next === at) return at;
      at = next;
    }
  }

  /** The line feed that ends the record that begins at a byte; −1 where it does not end. Line feeds within quotes belong to cells. */
  endOf(bytes: Uint8Array, from: number, end: number): number {
    for (let at = from; at < end; at++) {
      // A quote opens a cell at its beginning only.
      if (bytes[at] === QUOTE && (at === from || bytes[at - 1] === this.#separator)) {
        do at = bytes.indexOf(QUOTE, at + 1);
        while (at >= 0 && at < end && bytes[at + 1] === QUOTE && ++at);
        if (at < 0 || at >= end) return -1;
      } else if (bytes[at] === LF) return at;
    }
    return -1;
  }

  /** An error of a record. */
  error(line: number, problem: string, mend?: string): RecordError {
    return new RecordError(this.#layout.op, problem, { file: this.#layout.file, line }, mend);
  }

  #begin(): void {
    this.#rows = 0;
    this.#bad = [];
    this.#lines = new Int32Array(this.#expected);
    this.#numbers = new Float64Array(this.#expected * this.#counts[0]);
    this.#cells = [];
  }

  #end(): Block {
    const rows = this.#rows;
    this.#expected = Math.max(64, Math.ceil(rows * 1.1));
    this.#cells.length = rows * this.#counts[1];
    return { rows, lines: this.#lines, numbers: this.#numbers, texts: this.#cells, bad: this.#bad };
  }

  #grow(): void {
    const lines = new Int32Array(2 * this.#lines.length);
    lines.set(this.#lines);
    this.#lines = lines;
    const numbers = new Float64Array(2 * this.#numbers.length);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
  }

  /** Behind a line that is empty or a comment; else where it is. */
  #skipped(bytes: Uint8Array, at: number): number {
    if (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] === LF)) {
      this.line++;
      return bytes[at] === LF ? at + 1 : at + 2;
    }
    const comment = this.#comment;
    if (comment.length === 0 || bytes[at] !== comment[0]) return at;
    for (let i = 1; i < comment.length; i++) if (bytes[at + i] !== comment[i]) return at;
    this.line++;
    return bytes.indexOf(LF, at) + 1;
  }

  /** Reads a record in which no cell has quotes or line feeds within quotes. @returns where the next one begins; −1 for a record that needs more care */
  #plain(bytes: Uint8Array, from: number): number {
    const kinds = this.#kinds;
    const separator = this.#separator;
    const numbers = this.#numbers;
    const last = this.#width - 1;
    let number = this.#rows * this.#counts[0];
    let text = this.#rows * this.#counts[1];
    let at = from;
    for (let column = 0; ; column++) {
      let close = -1;
      if (bytes[at] === QUOTE) {
        close = this.#quoted(bytes, at);
        if (close < 0) return -1;
        if (kinds[column] !== SKIP) {
          const cell = this.#texts.read(bytes, at + 1, close - 1);
          if (cell === null) return -1;
          if (kinds[column] === TEXT) this.#cells[text++] = this.#isMissing(cell) ? null : cell;
          else if (!this.#take(column, cell, number++)) return -1;
        }
      } else if (kinds[column] === NUMBER) {
        close = scanNumber(bytes, at, numbers, number);
        if (close >= 0 && (bytes[close] === separator || bytes[close] === LF || bytes[close] === CR)) this.#blank(number++);
        else {
          close = this.#endOfCell(bytes, at);
          const cell = this.#texts.read(bytes, at, close);
          if (cell === null || !this.#take(column, cell, number++)) return -1;
        }
      } else {
        close = this.#endOfCell(bytes, at);
        if (kinds[column] === TEXT) {
          const cell = this.#texts.read(bytes, at, close);
          if (cell === null) return -1;
          this.#cells[text++] = this.#isMissing(cell) ? null : cell;
        }
      }
      if (column < last) {
        if (bytes[close] !== separator) return -1;
        at = close + 1;
        continue;
      }
      if (bytes[close] === CR) close++;
      return bytes[close] === LF ? close + 1 : -1;
    }
  }

  /** The place behind a quoted cell that has neither quotes nor line feeds in it; −1 for any other. */
  #quoted(bytes: Uint8Array, from: number): number {
    let at = from + 1;
    while (bytes[at] !== QUOTE && bytes[at] !== LF) at++;
    const next = bytes[at + 1];
    return bytes[at] === QUOTE && (next === this.#separator || next === LF || next === CR) ? at + 1 : -1;
  }

  #endOfCell(bytes: Uint8Array, from: number): number {
    let at = from;
    while (bytes[at] !== this.#separator && bytes[at] !== LF && (bytes[at] !== CR || bytes[at + 1] !== LF)) at++;
    return at;
  }

  /** Takes a number that is missing, or that is written in a way that is rare. @returns whether it is one */
  #take(column: number, cell: string, at: number): boolean {
    // Numbers first: looking a text up takes longer than reading its digits.
    const value = numberOf(cell);
    this.#numbers[at] = value ?? Number.NaN;
    if (value !== null) this.#blank(at);
    else if (!this.#isMissing(cell) && !this.#misfit(column, cell)) {
      this.#fault = this.#misfitText(column, cell);
      return false;
    }
    return true;
  }

  /** Takes a number as missing that stands for it. */
  #blank(at: number): void {
    if (this.#blanks.length > 0 && this.#blanks.includes(this.#numbers[at])) this.#numbers[at] = Number.NaN;
  }

  #isMissing(cell: string): boolean {
    return this.#layout.missing.has(cell.trim());
  }

  #misfitText(column: number, cell: string): string {
    const name = JSON.stringify(shortened(this.#layout.names[column]));
    const what = hasDecimalComma(cell) ? "has a decimal comma" : "is no number";
    return `column ${name}: ${JSON.stringify(shortened(cell))} ${what}`;
  }

  /** Reads a record cell by cell as texts, and notes what is wrong with it. */
  #careful(bytes: Uint8Array, from: number, close: number): void {
    const line = this.line;
    let cells: string[];
    try {
      cells = this.cells(bytes, from, close);
    } catch (error) {
      this.#refuse(error as RecordError);
      return;
    }
    if (cells.length !== this.#width) {
      const columns = `${this.#width} ${this.#width === 1 ? "column" : "columns"}`;
      this.#refuse(this.error(line, `it has ${cells.length} ${cells.length === 1 ? "cell" : "cells"}; expected ${columns}`));
      return;
    }
    let number = this.#rows * this.#counts[0];
    for (const column of this.#columns.numbers) {
      if (this.#take(column, cells[column], number++)) continue;
      const mend = hasDecimalComma(cells[column])
        ? "Write numbers with a point."
        : `Read the column as texts with { types: { ${JSON.stringify(shortened(this.#layout.names[column]))}: "text" } }, or mend the cell.`;
      this.#refuse(this.error(line, this.#fault, mend));
      return;
    }
    let text = this.#rows * this.#counts[1];
    for (const column of this.#columns.texts) {
      this.#cells[text++] = this.#isMissing(cells[column]) ? null : cells[column];
    }
    this.#rows++;
  }

  #refuse(error: RecordError): void {
    this.#bad.push({ before: this.#rows, error });
  }
}
