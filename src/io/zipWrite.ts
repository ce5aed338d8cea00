import { deflate } from "./compression.js";
import { crc32 } from "./crc32.js";
import { joined } from "./file.js";
import { CENTRAL, DEFLATED, END, END64, IN_ZIP64_2, IN_ZIP64_4, LOCAL, LOCATOR64, STORED } from "./zip.js";

/** Writing zip archives. */

/** A file as it stands in an archive. */
export interface PackedFile {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  /** Bytes of the file. */
  readonly size: number;
  /** What stands in the archive. */
  readonly pieces: readonly Uint8Array[];
}

/** A file that is stored as it is. Its pieces are not copied: they must stay the same until they are written. */
export function stored(name: string, pieces: readonly Uint8Array[]): PackedFile {
  const crc = pieces.reduce((before, piece) => crc32(piece, before), 0);
  return { name, method: STORED, crc, size: lengthOf(pieces), pieces };
}

/** A file that is deflated. Its bytes are taken at once. */
export async function deflated(op: string, name: string, pieces: readonly Uint8Array[]): Promise<PackedFile> {
  const bytes = joined(op, pieces);
  const crc = crc32(bytes);
  return { name, method: DEFLATED, crc, size: bytes.length, pieces: [await deflate(op, bytes)] };
}

/** Bit 11 of the flags: the name is UTF-8. Names of ASCII go without it, as from Python. */
const UTF8 = 0x800;

/** The first day that the format knows, which numpy writes, too. So the same files give the same bytes. */
const DATE = (1 << 5) | 1;

/** The version of a reader: 2.0, or 4.5 for zip64. */
const [VERSION, VERSION64] = [20, 45];

/** What wrote the archive: version 4.5, on Unix. */
const WRITER = (3 << 8) | VERSION64;

/** What a file may be where the archive is unpacked: an ordinary one, rw-r--r--. */
const ORDINARY = 0o100644 * 65536;

/**
 * The pieces of a zip archive.
 * @param limit the value from which on sizes and places are written as zip64
 */
export function zipArchive(files: readonly PackedFile[], limit = IN_ZIP64_4): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const file of files) {
    const name = new TextEncoder().encode(file.name);
    const head = localHeader(file, name, limit);
    directory.push(centralHeader(file, name, at, limit));
    pieces.push(head, ...file.pieces);
    at += head.length + lengthOf(file.pieces);
  }
  return [...pieces, ...directory, ending(files.length, lengthOf(directory), at, limit)];
}

function localHeader(file: PackedFile, name: Uint8Array, limit: number): Uint8Array {
  const [size, packed] = [file.size, lengthOf(file.pieces)];
  // Here both sizes stand in the field of zip64, or neither.
  const wide = size >= limit || packed >= limit;
  const extra = wide ? zip64([size, packed]) : [];
  return record([LOCAL.signature, 4], ...shared(file, name, wide, wide ? [IN_ZIP64_4, IN_ZIP64_4] : [size, packed], extra), name, ...extra);
}

function centralHeader(file: PackedFile, name: Uint8Array, at: number, limit: number): Uint8Array {
  const values = [file.size, lengthOf(file.pieces), at];
  const large = values.filter((value) => value >= limit);
  const [size, packed, place] = values.map((value) => (value >= limit ? IN_ZIP64_4 : value));
  const extra = large.length > 0 ? zip64(large) : [];
  return record(
    [CENTRAL.signature, 4],
    [WRITER, 2],
    ...shared(file, name, large.length > 0, [size, packed], extra),
    // Comment, disk, kind of content.
    [0, 2],
    [0, 2],
    [0, 2],
    [ORDINARY, 4],
    [place, 4],
    name,
    ...extra,
  );
}

/** What stands in both headers of a file. */
function shared(file: PackedFile, name: Uint8Array, wide: boolean, [size, packed]: readonly number[], extra: readonly Field[]): Field[] {
  const ascii = name.length === file.name.length;
  return [
    [wide ? VERSION64 : VERSION, 2],
    [ascii ? 0 : UTF8, 2],
    [file.method, 2],
    [0, 2],
    [DATE, 2],
    [file.crc, 4],
    [packed, 4],
    [size, 4],
    [name.length, 2],
    [record(...extra).length, 2],
  ];
}

/** The field of zip64. */
function zip64(values: readonly number[]): Field[] {
  return [[1, 2], [8 * values.length, 2], ...values.map((value): Field => [value, 8])];
}

function ending(count: number, size: number, at: number, limit: number): Uint8Array {
  const wide = count >= IN_ZIP64_2 || size >= limit || at >= limit;
  const end64: Field[] = [
    [END64.signature, 4],
    [END64.bytes - 12, 8],
    [WRITER, 2],
    [VERSION64, 2],
    [0, 4],
    [0, 4],
    [count, 8],
    [count, 8],
    [size, 8],
    [at, 8],
    [LOCATOR64.signature, 4],
    [0, 4],
    [at + size, 8],
    [1, 4],
  ];
  const few = wide ? IN_ZIP64_2 : count;
  return record(
    ...(wide ? end64 : []),
    [END.signature, 4],
    [0, 2],
    [0, 2],
    [few, 2],
    [few, 2],
    [wide ? IN_ZIP64_4 : size, 4],
    [wide ? IN_ZIP64_4 : at, 4],
    [0, 2],
  );
}

/** A field of a record: a number and the bytes that it has, the least significant first; or bytes. */
type Field = readonly [value: number, bytes: 2 | 4 | 8] | Uint8Array;

function record(...fields: readonly Field[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, field) => sum + (ArrayBuffer.isView(field) ? field.length : field[1]), 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const field of fields) {
    if (ArrayBuffer.isView(field)) {
      bytes.set(field, at);
      at += field.length;
      continue;
    }
    const [value, width] = field;
    if (width === 2) view.setUint16(at, value, true);
    else if (width === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += width;
  }
  return bytes;
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
