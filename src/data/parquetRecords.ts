import { checkArity } from "../options/arity.js";
import { DataStream } from "./dataStream.js";
import { openable, type ParquetData } from "./parquet/bytes.js";
import { type ParquetRecord, parquetSource } from "./parquet/source.js";

/**
 * The records of a Parquet file of any size, one after the other: objects with a cell for each column. One row group of the file is in memory
 * at a time. Whole numbers of 64 bits are numbers where these hold them, else BigInts; times are milliseconds since 1970; of numbers that are
 * missing NaN, of other cells null.
 *
 * It is read by the optional peer `hyparquet`; other compression than Snappy needs `hyparquet-compressors`, too.
 *
 * @param file its path; or a Blob or the bytes
 * @throws ArgumentError; when it is walked, FileError for a damaged file, PeerError
 * @example
 * const houses = () => parquetRecords("houses.parquet").map(({ size, price }) => ({ x: [size], y: [price] })).batch(32);
 */
export function parquetRecords(file: ParquetData): DataStream<ParquetRecord> {
  checkArity("parquetRecords", arguments.length, 1);
  return new DataStream(parquetSource("parquetRecords", openable("parquetRecords", file)));
}
