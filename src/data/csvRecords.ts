import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { DIALECT } from "./csv/dialect.js";
import { CsvSource, type TableRecord } from "./csv/source.js";
import { DataStream } from "./dataStream.js";
import { byteSource, type FileData } from "./files/source.js";
import { typesOption } from "./table/columnType.js";

const CSV_RECORDS = declare("csvRecords", {
  /** Types by column. Default null: numbers or texts, as the first thousand records tell. */
  types: typesOption,
  ...DIALECT,
});

/** Options of `csvRecords`. */
export interface CsvRecordsOptions extends OptionsOf<typeof CSV_RECORDS> {}

/**
 * The records of a CSV file of any size, one after the other: objects with a cell for each column. Of the file there is about a megabyte in
 * memory at a time. `loadTable` tells how files are written and options read; whether a column is of numbers or of texts is guessed from the
 * first thousand records here, so that a text that comes later in a column of numbers makes a bad record. Numbers that are missing are NaN, other
 * cells null.
 *
 * @param file its path; or a Blob, a ReadableStream (which can be walked once) or the bytes
 * @param options those of `loadTable`
 * @throws ArgumentError; when it is walked, FileError, a RecordError that names file and line of a bad record, PeerError for quotes within quotes
 *         without papaparse
 * @example
 * const flowers = csvRecords("iris.csv").map((flower) => ({ x: [flower.length], y: flower.species === "setosa" ? 0 : 1 }));
 * for await (const { x, y } of flowers.shuffle(1000).batch(4)) console.log(x.shape, y.shape);   // [4, 1] [4], five times
 */
export function csvRecords(file: FileData, options?: CsvRecordsOptions): DataStream<TableRecord> {
  const { op } = CSV_RECORDS;
  checkArity(op, arguments.length, 2);
  const settings = CSV_RECORDS.readOptions(options);
  const bytes = byteSource(op, file);
  const separator = settings.separator ?? (/\.(tsv|tab)(\.gz)?$/i.test(bytes.name) ? "\t" : null);
  return new DataStream(new CsvSource(op, bytes, { ...settings, separator }));
}
