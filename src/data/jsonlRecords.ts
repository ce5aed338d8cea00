import { checkArity } from "../options/arity.js";
import { DataStream } from "./dataStream.js";
import { byteSource, type FileData } from "./files/source.js";
import { type JsonRecord, readJsonl } from "./jsonl/source.js";

/**
 * The records of a JSONL file of any size, one after the other: the objects of its lines. Empty lines are left out; the file may be gzipped.
 *
 * @param file its path; or a Blob, a ReadableStream (which can be walked once) or the bytes
 * @throws ArgumentError; when it is walked, FileError, and a RecordError that names file and line of a line that is no object
 * @example
 * const words = new TextEncoder().encode('{ "word": "tree", "length": 4 }\n{ "word": "leaf", "length": 4 }\n');
 * for await (const { word } of jsonlRecords(words)) console.log(word);   // tree, leaf
 */
export function jsonlRecords(file: FileData): DataStream<JsonRecord> {
  checkArity("jsonlRecords", arguments.length, 1);
  const source = byteSource("jsonlRecords", file);
  const records = { [Symbol.asyncIterator]: () => readJsonl("jsonlRecords", source), oneShot: source.oneShot };
  return DataStream.from<JsonRecord>(records);
}
