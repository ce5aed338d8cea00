import { bytesText, kindText, message } from "../../errors/message.js";
import { FileError } from "../../io/error.js";
import type { RecordError } from "../../io/recordError.js";
import { Gathered, LEAST } from "../files/gathered.js";
import type { ByteSource } from "../files/source.js";
import { hasDecimalComma, numberOf } from "./cells.js";
import { type Dialect, guessSeparator } from "./dialect.js";
import { loadUnquote, type Unquote } from "./papaparse.js";
import { type Block, CsvParser, type Layout, type Reading } from "./parser.js";

/** What is known of a CSV file from its beginning. */
export interface CsvHead extends Layout {
  /** Whether its first record has the names. */
  readonly hasHeader: boolean;
  /** How each column is read, as its first records tell. */
  readonly readings: readonly Reading[];
}

/** The longest record, in bytes. A quote that is never closed makes all the rest of a file one record. */
const LONGEST = 1 << 24;

/** The records that tell how columns are read. */
const TELLING = 1000;

const [LF, QUOTE] = [10, 34];

/** Reads the beginning of a CSV file. @param given how columns are read whatever stands in them @throws FileError, PeerError */
export async function readHead(
  op: string,
  source: ByteSource,
  dialect: Dialect,
  given: Readonly<Record<string, Reading>> = {},
): Promise<CsvHead> {
  const pieces = source.pieces();
  try {
    const gathered = new Gathered(pieces);
    await gathered.more(0);
    return await headOf(op, source.name, gathered, dialect, given);
  } finally {
    await pieces.return();
  }
}

async function headOf(
  op: string,
  file: string,
  gathered: Gathered,
  dialect: Dialect,
  given: Readonly<Record<string, Reading>>,
): Promise<CsvHead> {
  checkText(op, file, gathered.bytes);
  const begin = new TextDecoder().decode(gathered.bytes.subarray(0, 1 << 16));
  const layout = {
    op,
    file,
    separator: dialect.separator ?? guessSeparator(begin, dialect.comment),
    comment: dialect.comment,
    missing: new Set(dialect.missing),
  };
  const parser = new CsvParser({ ...layout, names: [] }, []);
  const records: string[][] = [];
  // The names must be there. What comes behind them only tells of columns, so that a bad record is left to whoever reads it.
  for (let at = 0; records.length <= TELLING; ) {
    at = parser.begin(gathered.bytes, at, gathered.end);
    if (at >= gathered.end) break;
    const close = parser.endOf(gathered.bytes, at, gathered.end);
    if (close < 0) {
      if (records.length > 0 || !(await gathered.more(at))) break;
      if (gathered.bytes.length > LONGEST) throw tooLong(parser);
      at = 0;
      continue;
    }
    if (parser.unquote === null && gathered.bytes.subarray(at, close).includes(QUOTE))
      parser.unquote = await loadUnquote(op, layout.separator);
    try {
      records.push(parser.cells(gathered.bytes, at, close));
    } catch (error) {
      if (records.length === 0) throw error;
    }
    at = close + 1;
  }
  if (records.length === 0) {
    const isOpen = parser.begin(gathered.bytes, 0, gathered.end) < gathered.end;
    throw isOpen
      ? parser.error(1, "a quote is not closed before the file ends")
      : new FileError(message(op, `${file} has no records`, "It is empty, or all its lines are comments."));
  }
  const hasHeader = dialect.header ?? !records[0].some((cell) => numberOf(cell) !== null);
  const names = namesOf(op, file, dialect.names, records[0], hasHeader);
  const sample = records.slice(hasHeader ? 1 : 0).filter((cells) => cells.length === names.length);
  const readings = names.map(
    (name, i) =>
      (Object.hasOwn(given, name) ? given[name] : null) ??
      guess(
        op,
        file,
        name,
        sample.map((cells) => cells[i]),
        layout.missing,
      ),
  );
  return { ...layout, names, hasHeader, readings };
}

function namesOf(op: string, file: string, given: readonly string[] | null, first: readonly string[], hasHeader: boolean): string[] {
  if (given !== null && given.length !== first.length) {
    throw new FileError(message(op, `${given.length} names were given, and ${file} has ${first.length} columns`));
  }
  const names = (given ?? (hasHeader ? first : first.map(() => ""))).map((name, i) => name.trim() || `column${i + 1}`);
  const known = new Set<string>();
  for (const name of names) {
    // An object, such as a record, takes it for something else.
    if (name === "__proto__") throw new FileError(message(op, `${file} has a column "__proto__"`, "Give other names: { names: [ … ] }."));
    if (known.has(name)) {
      const problem = `${file} has two columns ${kindText(name)}`;
      throw new FileError(message(op, problem, "Give other names: { names: [ … ] }."));
    }
    known.add(name);
  }
  return names;
}

/** How a column is read: as numbers if all its cells are, as far as they are there. @throws FileError for decimal commas */
function guess(op: string, file: string, name: string, cells: readonly string[], missing: ReadonlySet<string>): Reading {
  const there = cells.filter((cell) => !missing.has(cell.trim()));
  if (there.every((cell) => numberOf(cell) !== null)) return "number";
  if (there.every((cell) => numberOf(cell) !== null || hasDecimalComma(cell))) {
    const example = there.find(hasDecimalComma);
    const problem = `${file}: the numbers of column ${kindText(name)} have a decimal comma, or one between thousands, as ${kindText(example)}`;
    throw new FileError(
      message(
        op,
        problem,
        `Write them with a decimal point and nothing between thousands, or read the column as texts: { types: { ${kindText(name)}: "text" } }.`,
      ),
    );
  }
  return "text";
}

/** @throws FileError for what is certainly no text in UTF-8 */
function checkText(op: string, file: string, bytes: Uint8Array): void {
  const [a, b] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff))
    throw new FileError(message(op, `${file} is written in UTF-16; expected UTF-8`, "Save it as UTF-8."));
  const begin = bytes.subarray(0, LEAST);
  if (begin.includes(0)) throw new FileError(message(op, `${file} has a byte 0; expected a text in UTF-8`, "This is no CSV file."));
  // The last byte is a line feed that may have been added. A carriage return before it ends the only line.
  if (begin.subarray(0, -2).includes(13) && !begin.subarray(0, -1).includes(LF))
    throw new FileError(message(op, `the lines of ${file} end with a carriage return alone; expected a line feed`, "Convert it first."));
}

function tooLong(parser: CsvParser): RecordError {
  const problem = `the record has more than ${bytesText(LONGEST)}; most likely a quote is not closed`;
  return parser.error(parser.line, problem);
}

/**
 * The records of a CSV file in blocks.
 * @param misfit what becomes of a cell that is no number in a column of numbers: true takes it as missing, else its record is a bad one
 * @throws FileError, PeerError
 */
export async function* readBlocks(
  source: ByteSource,
  head: CsvHead,
  readings: readonly Reading[] = head.readings,
  misfit?: (column: number, cell: string) => boolean,
): AsyncGenerator<Block, void, undefined> {
  const parser = new CsvParser(head, readings, misfit);
  const pieces = source.pieces();
  try {
    const gathered = new Gathered(pieces);
    let isBegin = head.hasHeader;
    let rest = 0;
    let unquote: Unquote | null = null;
    while (await gathered.more(rest)) {
      if (unquote === null && gathered.bytes.includes(QUOTE)) {
        unquote = await loadUnquote(head.op, head.separator);
        parser.unquote = unquote;
      }
      rest = 0;
      if (isBegin) {
        const at = parser.begin(gathered.bytes, 0, gathered.end);
        const close = parser.endOf(gathered.bytes, at, gathered.end);
        if (close < 0) continue;
        parser.cells(gathered.bytes, at, close);
        rest = close + 1;
        isBegin = false;
      }
      const parsed = parser.parse(gathered.bytes, rest, gathered.end);
      rest = parsed.rest;
      if (gathered.isWhole && rest < gathered.end) {
        const error = parser.error(parser.line, "a quote is not closed before the file ends");
        parsed.block.bad.push({ before: parsed.block.rows, error });
      } else if (gathered.end - rest > LONGEST) throw tooLong(parser);
      if (parsed.block.rows > 0 || parsed.block.bad.length > 0) yield parsed.block;
    }
  } finally {
    await pieces.return();
  }
}
