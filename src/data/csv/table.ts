import type { ByteSource } from "../files/source.js";
import { type Column, columnOf } from "../table/column.js";
import { type ColumnType, checkTypes, readingsOf } from "../table/columnType.js";
import type { Dialect } from "./dialect.js";
import type { Block, Reading } from "./parser.js";
import { type CsvHead, readBlocks, readHead } from "./reader.js";

/**
 * Reads a CSV file whole. Columns are read as its first records tell; those in which a later cell is no number are read again, as texts.
 * @throws FileError, PeerError, ArgumentError
 */
export async function loadCsv(
  op: string,
  source: ByteSource,
  settings: Dialect & { readonly types: Readonly<Record<string, ColumnType>> | null },
): Promise<{ columns: Map<string, Column>; length: number }> {
  const { types } = settings;
  const given = readingsOf(types);
  const held = source.oneShot === null ? source : await heldBytes(source);
  const head = await readHead(op, held, settings, given);
  checkTypes(op, types, head.names);
  const misread = new Set<number>();
  const isGiven = head.names.map((name) => Object.hasOwn(given, name));
  const first = await readColumns(held, head, head.readings, (column) => !isGiven[column] && misread.add(column) !== undefined);
  if (misread.size > 0) {
    const readings = head.names.map((_, column): Reading => (misread.has(column) ? "text" : "skip"));
    const again = await readColumns(held, head, readings, () => false);
    for (const column of misread) first.cells[column] = again.cells[column];
  }
  const columns = head.names.map((name, i): [string, Column] => {
    const type = types !== null && Object.hasOwn(types, name) ? types[name] : null;
    return [name, columnOf(op, name, first.cells[i], type)];
  });
  return { columns: new Map(columns), length: first.length };
}

type Cells = Float64Array | (string | null)[];

/** The cells of all columns that are read. @throws FileError for the first bad record */
async function readColumns(
  source: ByteSource,
  head: CsvHead,
  readings: readonly Reading[],
  misfit: (column: number, cell: string) => boolean,
): Promise<{ cells: Cells[]; length: number }> {
  const numbers = readings.flatMap((reading, column) => (reading === "number" ? [column] : []));
  const texts = readings.flatMap((reading, column) => (reading === "text" ? [column] : []));
  const parts: Float64Array[][] = numbers.map(() => []);
  const lists: (string | null)[][] = texts.map(() => []);
  let length = 0;
  for await (const block of readBlocks(source, head, readings, misfit)) {
    if (block.bad.length > 0) throw block.bad[0].error;
    for (const i of numbers.keys()) parts[i].push(columnOfBlock(block, i, numbers.length));
    for (const [i, list] of lists.entries()) for (let row = 0; row < block.rows; row++) list.push(block.texts[row * texts.length + i]);
    length += block.rows;
  }
  const cells: Cells[] = readings.map(() => []);
  for (const [i, column] of numbers.entries()) cells[column] = joined(parts[i], length);
  for (const [i, column] of texts.entries()) cells[column] = lists[i];
  return { cells, length };
}

function columnOfBlock({ rows, numbers }: Block, at: number, width: number): Float64Array {
  const column = new Float64Array(rows);
  for (let row = 0; row < rows; row++) column[row] = numbers[row * width + at];
  return column;
}

function joined(parts: readonly Float64Array[], length: number): Float64Array {
  const whole = new Float64Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** What comes once only, held in memory, since a table may need it twice. */
async function heldBytes(source: ByteSource): Promise<ByteSource> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source.pieces()) pieces.push(piece.slice());
  return {
    ...source,
    oneShot: null,
    async *pieces() {
      yield* pieces;
    },
  };
}
