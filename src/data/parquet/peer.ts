import { PeerError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";

/** What hyparquet reads of the end of a file. */
export interface ParquetMetadata {
  readonly num_rows: bigint;
  readonly row_groups: readonly ParquetGroup[];
  readonly schema: readonly {
    readonly name: string;
    readonly type?: string;
    readonly repetition_type?: string;
    readonly num_children?: number;
  }[];
}

/** Rows that are stored together. */
export interface ParquetGroup {
  readonly num_rows: bigint;
  readonly columns: readonly { readonly file_path?: string; readonly meta_data?: ParquetChunk }[];
}

/** The cells of a column in a group. */
export interface ParquetChunk {
  readonly path_in_schema: readonly string[];
  readonly codec: string;
  readonly num_values: bigint;
  readonly total_uncompressed_size: bigint;
  readonly total_compressed_size: bigint;
  readonly data_page_offset: bigint;
  readonly dictionary_page_offset?: bigint;
}

/** What stands before a page, a part of a chunk. */
export interface ParquetPage {
  readonly type: string;
  readonly uncompressed_page_size: number;
  readonly compressed_page_size: number;
  readonly data_page_header?: { readonly num_values: number; readonly encoding: string };
  readonly data_page_header_v2?: {
    readonly num_values: number;
    readonly num_nulls: number;
    readonly encoding: string;
    readonly definition_levels_byte_length: number;
    readonly repetition_levels_byte_length: number;
    readonly is_compressed: boolean;
  };
  readonly dictionary_page_header?: { readonly num_values: number };
}

/** A file of which any bytes can be had. */
export interface Bytes {
  readonly byteLength: number;
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

/** Unpacks the bytes of a page, by the name of its codec. */
export type Codecs = Record<string, (input: Uint8Array, length: number) => Uint8Array>;

/** The part of hyparquet that is used. */
export interface Parquet {
  /** The codecs that it unpacks by itself. */
  readonly codecs: Codecs;
  metadata(file: Bytes): Promise<ParquetMetadata>;
  /** The header of the page where the reader stands, behind which it then stands. */
  pageHeader(reader: { view: DataView; offset: number }): ParquetPage;
  /** The cells of a column of some rows. */
  column(
    file: Bytes,
    metadata: ParquetMetadata,
    codecs: Codecs,
    column: string,
    rowStart: number,
    rowEnd: number,
  ): Promise<ArrayLike<unknown>>;
}

/** Loads hyparquet, which is an optional peer. @throws PeerError if it is not installed */
export async function loadParquet(op: string): Promise<Parquet> {
  try {
    const { parquetMetadataAsync, parquetScan, snappyUncompress } = await import("hyparquet");
    const { parquetHeader } = await import("hyparquet/src/column.js");
    const snappy = (input: Uint8Array, length: number): Uint8Array => {
      const output = new Uint8Array(length);
      snappyUncompress(input, output);
      return output;
    };
    return {
      codecs: { UNCOMPRESSED: (input) => input, SNAPPY: snappy },
      metadata: (file) => parquetMetadataAsync(file) as Promise<ParquetMetadata>,
      pageHeader: (reader) => parquetHeader(reader) as ParquetPage,
      async column(file, metadata, compressors, column, rowStart, rowEnd) {
        const scan = await parquetScan({ file, metadata: metadata as never, compressors, columns: [column], useOffsetIndex: false });
        return scan.readColumn({ column, rowStart, rowEnd });
      },
    };
  } catch (cause) {
    throw absent(op, "the library hyparquet", "hyparquet", cause);
  }
}

/** Loads the codecs that are not hyparquet's own, an optional peer too. @throws PeerError if it is not installed */
export async function loadCodecs(op: string, codec: string): Promise<Codecs> {
  try {
    const { compressors } = await import("hyparquet-compressors");
    return compressors as Codecs;
  } catch (cause) {
    throw absent(op, `the file is compressed by ${codec}, and the library hyparquet-compressors`, "hyparquet-compressors", cause);
  }
}

function absent(op: string, what: string, peer: string, cause: unknown): PeerError {
  const reason = (cause as { message?: unknown } | null)?.message ?? cause;
  return new PeerError(message(op, `${what} cannot be loaded: ${reason}`, `Run: npm install ${peer}`));
}
