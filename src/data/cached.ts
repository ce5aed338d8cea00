import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import type { Path } from "../io/node.js";
import { writeStream } from "../io/writeStream.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { text } from "../options/kinds.js";
import { option } from "../options/option.js";
import { cacheBytes, csvRows, recordRows } from "./cache/build.js";
import { openCache } from "./cache/open.js";
import { CachedRows } from "./cachedRows.js";
import { CsvSource } from "./csv/source.js";
import { DataStream } from "./dataStream.js";

const isNames = (value: unknown): boolean => Array.isArray(value) && value.every((name) => typeof name === "string");

const CACHED = declare("cached", {
  /** A text that changes with the records: the cache is made again where it is another one. Default null: a CSV file tells by itself. */
  key: text({ default: null }),
  /** The fields that are left out. Default none. */
  drop: option<readonly string[], { default: readonly string[] }>("a list of names", isNames, { default: [] }),
});

/** Options of `cached`. */
export interface CachedOptions extends OptionsOf<typeof CACHED> {}

/**
 * Writes records to a binary file, once; later the rows come from there, about as fast as from memory. The first call reads all records. A
 * later one, in another process too, finds the file and reads nothing, unless the records changed: of `csvRecords(path)` it compares size
 * and time of the file and the options; of other streams `key`, which must be given.
 *
 * Records are objects of numbers, texts, booleans, arrays and tensors, with the same fields each: the cells of a table, or what a function of
 * `map` makes, such as { x, y }. Numbers are kept as float32, texts as the numbers of their categories. The file takes its name when it is
 * whole: one that was cut is not taken for a cache, and is written anew.
 *
 * @param records a DataStream, such as `csvRecords(path)`, or an iterable of records
 * @param file the path of the cache
 * @param options.key text that changes with the records; needed for all but `csvRecords(path)`
 * @param options.drop names of fields that are left out
 * @throws FileError, a RecordError for the first bad record; ArgumentError
 * @example
 * const rows = await cached(csvRecords("iris.csv"), "iris.cache");
 * for await (const { x, y } of rows.batches({ batchSize: 5, y: "species" })) console.log(x.shape, y.shape);   // [5, 1] [5], four times
 */
export async function cached(
  records: DataStream<unknown> | AsyncIterable<unknown> | Iterable<unknown>,
  file: Path,
  options?: CachedOptions,
): Promise<CachedRows> {
  const { op } = CACHED;
  checkArity(op, arguments.length, 3);
  const settings = CACHED.readOptions(options);
  const stream = DataStream.from(records as AsyncIterable<unknown>);
  const key = keyOf(op, stream, settings);
  const known = await openCache(op, file);
  if (known !== null && known.key === key) return new CachedRows(file, known);
  const { source } = stream;
  const maker = source instanceof CsvSource ? await csvRows(op, source, settings.drop) : await recordRows(op, stream, settings.drop);
  if (maker.fields.length === 0) throw new ArgumentError(message(op, "all fields are dropped"));
  await writeStream(file, cacheBytes(op, key, maker), op);
  const made = await openCache(op, file);
  if (made === null) throw new ArgumentError(message(op, `${kindText(file)} was changed while it was written`));
  return new CachedRows(file, made);
}

/** What tells whether the records have changed. @throws ArgumentError for records that do not tell, without a key */
function keyOf(op: string, { source }: DataStream<unknown>, { key, drop }: { key: string | null; drop: readonly string[] }): string {
  const stamp = source instanceof CsvSource ? source.stamp() : null;
  if (stamp === null && key === null) {
    const problem = "nothing tells whether the records have changed since they were cached";
    throw new ArgumentError(message(op, problem, 'Give a text that changes with them: { key: "prices of May" }.'));
  }
  return JSON.stringify({ stamp, settings: source instanceof CsvSource ? source.settings : null, key, drop });
}
