import { kindText, message } from "../errors/message.js";
import { FileError } from "../io/error.js";
import { RecordError } from "../io/recordError.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice } from "../options/kinds.js";
import { DIALECT } from "./csv/dialect.js";
import { loadCsv } from "./csv/table.js";
import { DataStream } from "./dataStream.js";
import { type ByteSource, byteSource, type FileData } from "./files/source.js";
import { type JsonRecord, readJsonl } from "./jsonl/source.js";
import { openable, type ParquetData } from "./parquet/bytes.js";
import { type ParquetRecord, parquetSource } from "./parquet/source.js";
import { type ColumnType, typesOption } from "./table/columnType.js";
import { Table, tableOf } from "./table.js";

const LOAD_TABLE = declare("loadTable", {
  /** The format. Default null: as the name of the file ends, and "csv" where it has none. */
  format: choice(["csv", "tsv", "jsonl", "parquet"], { default: null }),
  /** Types by column, in place of what is guessed. Default null. */
  types: typesOption,
  ...DIALECT,
});

/** Options of `loadTable`. */
export interface LoadTableOptions extends OptionsOf<typeof LOAD_TABLE> {}

/**
 * Reads a file as a table in memory: CSV, values separated by tabs, JSONL; gzipped (.csv.gz), too; or Parquet, by an optional peer. What each column is, is guessed from all its cells;
 * `table.summary()` tells the guess, `types` overrides it.
 *
 * Records are those of RFC 4180: cells may stand within quotes, with separators and line feeds in them. Empty lines are left out. Files larger
 * than memory are for `csvRecords`.
 *
 * @param file its path; or a Blob, a ReadableStream or the bytes
 * @param options.format "csv", "tsv", "jsonl" or "parquet"; default as the name ends
 * @param options.types types by column: "number", "integer", "category", "boolean", "date" or "text"
 * @param options.separator of CSV, as all that follow; default: a comma, a semicolon or a tab, as the first lines tell
 * @param options.header whether the first line has names; default: unless a number stands in it. Without names columns are column1, column2 …
 * @param options.names other names
 * @param options.comment what lines begin with that are left out
 * @param options.missing what missing cells say; default nothing at all, NA, N/A, n/a, #N/A, <NA>, NaN, nan, null, NULL, None and ?
 * @throws FileError for a file that cannot be read, naming file and line of a record that is wrong; PeerError for quotes within quotes without
 *         papaparse; ArgumentError
 * @example
 * const table = await loadTable("iris.csv");
 * console.log(table.summary());
 * const { train, test } = table.split({ test: 0.2, stratify: "species" });
 */
export async function loadTable(file: FileData, options?: LoadTableOptions): Promise<Table> {
  const { op } = LOAD_TABLE;
  checkArity(op, arguments.length, 2);
  const settings = LOAD_TABLE.readOptions(options);
  const source = byteSource(op, file);
  const format = settings.format ?? formatOf(op, source.name);
  if (format === "parquet") return loadParquetTable(op, file as ParquetData, settings.types);
  if (format === "jsonl") return loadJsonl(op, source, settings.types);
  const { columns, length } = await loadCsv(op, source, { ...settings, separator: settings.separator ?? (format === "tsv" ? "\t" : null) });
  return new Table(columns, length);
}

async function loadJsonl(op: string, source: ByteSource, types: Readonly<Record<string, ColumnType>> | null): Promise<Table> {
  const rows: JsonRecord[] = [];
  for await (const record of readJsonl(op, source)) {
    if (record instanceof RecordError) throw record;
    rows.push(record);
  }
  return tableOf(op, rows, types);
}

async function loadParquetTable(op: string, file: ParquetData, types: Readonly<Record<string, ColumnType>> | null): Promise<Table> {
  const rows: ParquetRecord[] = [];
  for await (const record of new DataStream(parquetSource(op, openable(op, file)))) rows.push(record);
  return tableOf(op, rows, types);
}

/** @throws FileError for an ending of another format */
function formatOf(op: string, name: string): "csv" | "tsv" | "jsonl" | "parquet" {
  const ending = name
    .replace(/\.gz$/i, "")
    .match(/\.(\w+)$/)?.[1]
    .toLowerCase();
  if (ending === "tsv" || ending === "tab") return "tsv";
  if (ending === "jsonl" || ending === "ndjson") return "jsonl";
  if (ending === "parquet") return "parquet";
  if (ending === undefined || ["csv", "txt", "data"].includes(ending)) return "csv";
  throw new FileError(
    message(op, `${kindText(name)} ends with .${ending}; expected .csv, .tsv, .jsonl or .parquet`, 'Name its format: { format: "csv" }.'),
  );
}
