import type { Codecs, Parquet, ParquetChunk, ParquetGroup, ParquetMetadata, ParquetPage } from "./peer.js";
import { checkDeltas, passRuns, type RunReader } from "./runs.js";

/**
 * What a file claims is held against its size and against itself before hyparquet makes room for it: a damaged number of cells would otherwise be
 * believed, and fill all memory. Errors are plain here; whoever reads the file gives them their place.
 */

/** The most rows of a group, and cells of a chunk. */
const MOST = 1 << 27;

/** A page up to this size, in bytes, is unpacked however small it is packed. */
const SMALL = 1 << 24;
/** What a larger page may grow by: gzip cannot do more. */
const RATIO = 1100;

/** How deep the cells of a column are nested: what tells which are missing, and where lists begin. */
export interface Levels {
  readonly definition: number;
  readonly repetition: number;
}

/** @throws Error for numbers of rows that contradict each other */
export function checkMetadata({ num_rows, row_groups }: ParquetMetadata): void {
  let rows = 0;
  for (const group of row_groups) {
    const own = Number(group.num_rows);
    if (!(own >= 0 && own <= MOST)) throw new Error(`a row group claims ${own} rows; at most ${MOST} are read at once`);
    rows += own;
  }
  if (rows !== Number(num_rows)) throw new Error(`the file claims ${num_rows} rows, its row groups ${rows}`);
}

/** The levels of a column of the schema, which is a tree in depth-first order. @throws Error for a column that there is not */
export function levelsOf({ schema }: ParquetMetadata, path: readonly string[]): Levels {
  let at = 0;
  let [definition, repetition] = [0, 0];
  for (const name of path) {
    let left = schema[at].num_children ?? 0;
    for (at++; left > 0 && schema[at]?.name !== name; left--) at = behind(schema, at);
    if (left === 0 || schema[at] === undefined) throw new Error(`its column ${path.join(".")} is not in the schema`);
    if (schema[at].repetition_type !== "REQUIRED") definition++;
    if (schema[at].repetition_type === "REPEATED") repetition++;
  }
  return { definition, repetition };
}

/** Behind an element of the schema and all that it has. */
export function behind(schema: ParquetMetadata["schema"], from: number): number {
  let at = from;
  for (let open = 1; open > 0; open--) open += schema[at++]?.num_children ?? 0;
  return at;
}

/** Where the bytes of a chunk are. @throws Error where they are not all in the file */
export function chunkRange(group: ParquetGroup, chunk: ParquetChunk, fileSize: number, levels: Levels): { start: number; end: number } {
  const { data_page_offset, dictionary_page_offset: dictionary, total_compressed_size, num_values } = chunk;
  const start = Number(dictionary !== undefined && dictionary > 0n && dictionary < data_page_offset ? dictionary : data_page_offset);
  const end = start + Number(total_compressed_size);
  if (!(start >= 4 && end >= start && end <= fileSize))
    throw new Error(`its bytes ${start} to ${end} are not in the file, which has ${fileSize}`);
  const values = Number(num_values);
  if (!(values >= 0 && values <= MOST) || (levels.repetition === 0 && num_values !== group.num_rows))
    throw new Error(`it claims ${values} cells, its row group ${group.num_rows} rows`);
  return { start, end };
}

/** @throws Error for pages that claim more than their chunk, or more than they have */
export function checkPages(parquet: Parquet, chunk: ParquetChunk, bytes: ArrayBuffer, levels: Levels, codecs: Codecs): void {
  const reader = { view: new DataView(bytes), offset: 0 };
  const most = Number(chunk.num_values);
  for (let cells = 0; cells < most; ) {
    if (reader.offset >= bytes.byteLength) throw new Error(`its pages have ${cells} cells; expected ${most}`);
    const page = parquet.pageHeader(reader);
    const { compressed_page_size: packed, uncompressed_page_size: size } = page;
    const own = (page.data_page_header ?? page.data_page_header_v2 ?? page.dictionary_page_header)?.num_values ?? 0;
    const isSound = packed >= 0 && reader.offset + packed <= bytes.byteLength && size >= 0 && size <= Math.max(SMALL, RATIO * packed);
    if (!isSound) throw new Error(`a page of ${packed} bytes claims ${size} unpacked`);
    if (!(own >= 0 && own <= most)) throw new Error(`a page claims ${own} cells; its column has ${most}`);
    if (page.type !== "DICTIONARY_PAGE") {
      cells += own;
      if (cells > most) throw new Error(`its pages have ${cells} cells or more; expected ${most}`);
      checkPage(page, new Uint8Array(bytes, reader.offset, packed), levels, (input, length) => codecs[chunk.codec](input, length));
    }
    reader.offset += packed;
  }
}

/** Passes over what a page has: which cells are missing, and the numbers of those that are there. */
function checkPage(page: ParquetPage, body: Uint8Array, levels: Levels, unpack: (input: Uint8Array, length: number) => Uint8Array): void {
  const { data_page_header: first, data_page_header_v2: second, uncompressed_page_size: size } = page;
  if (page.type === "DATA_PAGE" && first !== undefined) {
    const reader: RunReader = { bytes: unpack(body, size), at: 0 };
    if (levels.repetition > 0) passCounted(reader, widthOf(levels.repetition), first.num_values, 0);
    const { definition } = levels;
    const there = definition > 0 ? passCounted(reader, widthOf(definition), first.num_values, definition) : first.num_values;
    checkValues(reader, first.encoding, there);
  } else if (page.type === "DATA_PAGE_V2" && second !== undefined) {
    const { repetition_levels_byte_length: repetition, definition_levels_byte_length: definition, num_values, encoding } = second;
    if (!(repetition >= 0 && definition >= 0 && repetition + definition <= Math.min(body.length, size)))
      throw new Error("the levels of a page are longer than the page");
    if (levels.repetition > 0) passRuns({ bytes: body.subarray(0, repetition), at: 0 }, widthOf(levels.repetition), num_values, 0);
    const own = body.subarray(repetition, repetition + definition);
    const there =
      levels.definition > 0 ? passRuns({ bytes: own, at: 0 }, widthOf(levels.definition), num_values, levels.definition) : num_values;
    if (there !== num_values - second.num_nulls)
      throw new Error(`a page claims ${second.num_nulls} missing cells; it has ${num_values - there}`);
    const rest = body.subarray(repetition + definition);
    checkValues({ bytes: second.is_compressed ? unpack(rest, size - repetition - definition) : rest, at: 0 }, encoding, there);
  } else throw new Error(`a page is of type ${page.type}`);
}

/** The encodings that are no more than the cells one after the other. */
const PLAIN = ["PLAIN", "BYTE_STREAM_SPLIT"];
/** Those that are numbers of the cells of a dictionary. */
const DICTIONARY = ["PLAIN_DICTIONARY", "RLE_DICTIONARY"];
const DELTAS = ["DELTA_BINARY_PACKED", "DELTA_LENGTH_BYTE_ARRAY"];

function checkValues(reader: RunReader, encoding: string, n: number): void {
  if (PLAIN.includes(encoding) || n === 0) return;
  if (DICTIONARY.includes(encoding)) {
    const width = reader.bytes[reader.at++];
    if (width === undefined) throw new Error("a page ends before its cells");
    if (width > 0) passRuns(reader, width, n, 0);
  } else if (encoding === "RLE") passCounted(reader, 1, n, 0);
  else if (DELTAS.includes(encoding)) checkDeltas(reader);
  else throw new Error(`its encoding ${encoding} is not read; write it as PLAIN or with a dictionary`);
}

/** Passes over runs before which their length stands. */
function passCounted(reader: RunReader, width: number, n: number, wanted: number): number {
  const { bytes, at } = reader;
  if (at + 4 > bytes.length) throw new Error("a page ends before its levels");
  const length = new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0, true);
  if (at + 4 + length > bytes.length) throw new Error("the levels of a page are longer than the page");
  reader.at += 4;
  const found = passRuns(reader, width, n, wanted);
  reader.at = at + 4 + length;
  return found;
}

/** The bits that hold numbers up to the greatest. */
function widthOf(greatest: number): number {
  return 32 - Math.clz32(greatest);
}
