import { ReadableStream } from "node:stream/web";
import { DIALECT } from "../data/csv/dialect.js";
import { readHead } from "../data/csv/reader.js";
import { CsvSource } from "../data/csv/source.js";
import { DataStream } from "../data/dataStream.js";
import { byteSource, replayed } from "../data/files/source.js";
import { jsonlRecords } from "../data/jsonlRecords.js";
import { loadTable } from "../data/loadTable.js";
import { parquetRecords } from "../data/parquetRecords.js";
import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { declare } from "../options/declare.js";
import type { AnyTable } from "../tables/columns.js";
import { bundleCsvParser } from "./csvParser.js";
import { formatOf, type TableFormat } from "./sources.js";

export type Row = Readonly<Record<string, unknown>>;

/** Reads a table whole. @throws FileError, ArgumentError */
export async function readTable({ path, format }: { path: string; format: TableFormat }, signal?: AbortSignal): Promise<AnyTable> {
  bundleCsvParser();
  if (format === "jsonl") return readRows(path, signal);
  if (format === "parquet") return loadTable(path);
  const read = (types: Record<string, "text"> | null) => loadTable(path, { format, types });
  const table = await read(null);
  // Yes and no, and dates, stay as they are written: the names of classes are theirs, and rows to predict are read as texts.
  const kept = Object.entries(table.types).flatMap(([name, type]) =>
    type === "boolean" || type === "date" ? [[name, "text"] as const] : [],
  );
  return (kept.length === 0 ? table : await read(Object.fromEntries(kept))).columns;
}

async function readRows(path: string, signal?: AbortSignal): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of jsonlRecords(path)) {
    signal?.throwIfAborted();
    rows.push(row);
  }
  return rows;
}

/** Rows that come one after the other. */
export interface Rows {
  readonly format: TableFormat;
  /** Of CSV each cell is the text that stands there. */
  readonly records: AsyncIterable<Row>;
}

const ROWS = declare("predict", DIALECT);

/** Opens rows to be read one after the other. @param path undefined: stdin @param format undefined: as the file's ending, or the first byte, says */
export async function openRows(command: string, path: string | undefined, format: TableFormat | undefined): Promise<Rows> {
  bundleCsvParser();
  if (path !== undefined) return rowsOf(command, path, format ?? formatOf(command, path));
  const { stream, first } = await openStdin(command);
  if (first === "[" && format === undefined) {
    const mend = "Write one object a line, such as by jq -c '.[]'; or, if it is CSV, say so: --from csv.";
    throw new ArgumentError(message(command, 'stdin begins with "[", as a JSON array does; expected CSV or JSONL', mend));
  }
  return rowsOf(command, stream, format ?? (first === "{" ? "jsonl" : "csv"));
}

async function rowsOf(command: string, data: string | ReadableStream, format: TableFormat): Promise<Rows> {
  if (format === "jsonl") return { format, records: jsonlRecords(data) };
  if (format === "parquet") {
    if (typeof data === "string") return { format, records: parquetRecords(data) };
    throw new ArgumentError(message(command, "Parquet is read from its end, which stdin does not have", "Name the file."));
  }
  const bytes = replayed(byteSource(command, data));
  // Nothing is missing here: each cell goes out as it came in.
  const dialect = { ...ROWS.readOptions({ separator: format === "tsv" ? "\t" : null }), missing: [] };
  const { names } = await readHead(command, bytes, dialect);
  const types = Object.fromEntries(names.map((name) => [name, "text"] as const));
  return { format, records: new DataStream(new CsvSource(command, bytes, { ...dialect, types })) };
}

/** Stdin, with its first character that is no space. @throws ArgumentError if it is a terminal, or empty */
async function openStdin(command: string): Promise<{ stream: ReadableStream; first: string }> {
  const mend = `Name a file, or write: simdgrad ${command} model.safetensors < rows.csv.`;
  if (process.stdin.isTTY) throw new ArgumentError(message(command, "there are no rows: stdin is a terminal", mend));
  const pieces: AsyncIterator<Uint8Array> = process.stdin[Symbol.asyncIterator]();
  const { value, done } = await pieces.next();
  if (done) throw new ArgumentError(message(command, "there are no rows: stdin is empty", mend));
  async function* all(): AsyncGenerator<Uint8Array> {
    yield value;
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value;
  }
  return { stream: ReadableStream.from(all()), first: new TextDecoder().decode(value.subarray(0, 64)).trimStart()[0] ?? "" };
}
