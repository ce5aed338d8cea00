import { kindText, message } from "../errors/message.js";
import { inflate } from "./compression.js";
import { crc32 } from "./crc32.js";
import { FileError } from "./error.js";
import type { OpenFile } from "./file.js";

/**
 * Reading zip archives (PKWARE's APPNOTE 6.3): entries that are stored or deflated, of any size (zip64). What the archive says twice must
 * agree, and the checksum of what is read must be right.
 */
export interface ZipEntry {
  readonly name: string;
  /** STORED or DEFLATED. */
  readonly method: number;
  readonly crc: number;
  /** Bytes in the archive. */
  readonly packed: number;
  /** Bytes that they are unpacked. */
  readonly size: number;
  /** The byte of the archive at which the entry's own header begins. */
  readonly at: number;
  /** The byte at which the next entry, or the directory, begins. */
  readonly limit: number;
}

export const STORED = 0;
export const DEFLATED = 8;
const METHODS: Readonly<Record<number, string>> = { 1: "shrunk", 9: "deflate64", 12: "bzip2", 14: "LZMA", 93: "zstd", 95: "xz", 99: "AES" };

/** Signatures of the records, and their bytes without what may follow. */
export const LOCAL = { signature: 0x04034b50, bytes: 30 };
export const CENTRAL = { signature: 0x02014b50, bytes: 46 };
export const END = { signature: 0x06054b50, bytes: 22 };
export const END64 = { signature: 0x06064b50, bytes: 56 };
export const LOCATOR64 = { signature: 0x07064b50, bytes: 20 };

/** In a field of two or four bytes: the value stands in the zip64 record. */
export const IN_ZIP64_2 = 0xffff;
export const IN_ZIP64_4 = 0xffffffff;

/** The longest comment at the end of an archive. */
const MAX_COMMENT = 0xffff;

/** Deflate packs 258 bytes into two bits at the best. What claims to be smaller is damaged, or made to fill the memory. */
const MOST_PACKED = 1032;

const NO_ZIP = "This is no zip archive, or its end is missing.";
const AGAIN = "Get the file again.";

/** Where the directory stands. */
interface Directory {
  readonly begin: number;
  readonly end: number;
  readonly count: number;
}

/** The entries of an archive, in the order of its directory. @throws FileError for a damaged archive, and for what is not read */
export async function zipEntries(op: string, file: OpenFile): Promise<ZipEntry[]> {
  const { begin, end, count } = await directory(op, file);
  const view = viewOf(await file.read(begin, end));
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const [entry, bytes] = centralEntry(op, view, at, begin);
    entries.push(entry);
    at += bytes;
  }
  if (at !== view.byteLength) throw damaged(op, `the directory has ${view.byteLength} bytes, its ${count} entries ${at}`);
  const names = new Set<string>();
  for (const { name } of entries) {
    if (names.has(name)) throw damaged(op, `${kindText(name)} is in it twice`);
    names.add(name);
  }
  // Two entries behind the directory must not vouch for each other. Entries that lie on each other could fill the memory with a few bytes, which each of them unpacks.
  const inPlace = [...entries].sort((a, b) => a.at - b.at);
  const limits = new Map(inPlace.map((entry, i) => [entry, Math.min(begin, inPlace[i + 1]?.at ?? begin)]));
  return entries.map((entry) => ({ ...entry, limit: limits.get(entry) as number }));
}

function damaged(op: string, problem: string): FileError {
  return new FileError(message(op, `the zip archive is damaged: ${problem}`, AGAIN));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

async function directory(op: string, file: OpenFile): Promise<Directory> {
  const from = Math.max(0, file.size - END.bytes - MAX_COMMENT);
  const tail = viewOf(await file.read(from, file.size));
  let at = tail.byteLength - END.bytes;
  while (at >= 0 && !(tail.getUint32(at, true) === END.signature && tail.getUint16(at + 20, true) === tail.byteLength - at - END.bytes))
    at--;
  if (at < 0) throw new FileError(message(op, `the file of ${file.size} bytes has no record of a zip archive's end`, NO_ZIP));
  let [count, size, begin] = [tail.getUint16(at + 10, true), tail.getUint32(at + 12, true), tail.getUint32(at + 16, true)];
  let end = from + at;
  // Records of zip64 may stand there also where nothing needs them.
  const needed = count === IN_ZIP64_2 || size === IN_ZIP64_4 || begin === IN_ZIP64_4;
  if (needed || begin + size !== end) ({ begin, size, count, end } = (await directory64(op, file, end)) ?? { begin, size, count, end });
  if (begin + size !== end) throw damaged(op, `its directory of ${size} bytes at ${begin} does not end where its end begins, at ${end}`);
  return { begin, end, count };
}

/** The directory of which records of zip64 before `end` tell; null where there are none. */
async function directory64(op: string, file: OpenFile, end: number) {
  const at = end - LOCATOR64.bytes;
  const locator = at < 0 ? null : viewOf(await file.read(at, end));
  if (locator?.getUint32(0, true) !== LOCATOR64.signature) return null;
  const place = whole(op, locator, 8);
  if (place + END64.bytes > at) throw damaged(op, `its zip64 record at ${place} does not lie before ${at}`);
  const record = viewOf(await file.read(place, place + END64.bytes));
  if (record.getUint32(0, true) !== END64.signature) throw damaged(op, `there is no zip64 record at ${place}`);
  return { count: whole(op, record, 32), size: whole(op, record, 40), begin: whole(op, record, 48), end: place };
}

/** A number of eight bytes. */
function whole(op: string, view: DataView, at: number): number {
  const value = view.getBigUint64(at, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged(op, `a size or a place is ${value}`);
  return Number(value);
}

/** @param start the byte at which the directory begins @returns the entry, and the bytes that the directory has for it */
function centralEntry(op: string, view: DataView, at: number, start: number): [ZipEntry, number] {
  const left = view.byteLength - at;
  if (left < CENTRAL.bytes || view.getUint32(at, true) !== CENTRAL.signature) throw damaged(op, `byte ${start + at} begins no entry`);
  const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
  const bytes = CENTRAL.bytes + nameBytes + extraBytes + commentBytes;
  if (bytes > left) throw damaged(op, `the entry at byte ${start + at} has ${bytes} bytes, ${left} are left`);
  const name = nameOf(op, view, at + CENTRAL.bytes, nameBytes);
  const where = `${op}: ${name}`;
  const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
  if (flags & 1) throw new FileError(message(where, "it is encrypted", "Write the archive without a password."));
  if (method !== STORED && method !== DEFLATED) {
    const what = METHODS[method] ?? `packed by method ${method}`;
    throw new FileError(message(where, `it is ${what}; stored and deflated entries are read`));
  }
  let [packed, size, place] = [20, 24, 42].map((field) => view.getUint32(at + field, true));
  const extra = zip64Extra(op, view, at + CENTRAL.bytes + nameBytes, extraBytes);
  if (size === IN_ZIP64_4) size = extra();
  if (packed === IN_ZIP64_4) packed = extra();
  if (place === IN_ZIP64_4) place = extra();
  return [{ name, method, crc: view.getUint32(at + 16, true), packed, size, at: place, limit: start }, bytes];
}

/** Gives the numbers of the zip64 field, one after the other. */
function zip64Extra(op: string, view: DataView, from: number, bytes: number): () => number {
  let [at, end] = [from, from + bytes];
  while (at + 4 <= end && view.getUint16(at, true) !== 1) at += 4 + view.getUint16(at + 2, true);
  if (at + 4 <= end) {
    end = Math.min(end, at + 4 + view.getUint16(at + 2, true));
    at += 4;
  }
  return () => {
    if (at + 8 > end) throw damaged(op, "a size of zip64 is missing");
    at += 8;
    return whole(op, view, at - 8);
  };
}

function nameOf(op: string, view: DataView, at: number, bytes: number): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(new Uint8Array(view.buffer, view.byteOffset + at, bytes));
  } catch {
    throw damaged(op, "a name is not UTF-8");
  }
}

/** The content of an entry. @throws FileError unless it has the size and the checksum that the archive tells */
export async function zipContent(op: string, file: OpenFile, entry: ZipEntry): Promise<Uint8Array> {
  const { name, method, packed, size, at, limit } = entry;
  const where = `${op}: ${name}`;
  const bad = (problem: string) => new FileError(message(where, problem, AGAIN));
  if (at + LOCAL.bytes + packed > limit)
    throw bad(`its ${packed} bytes at ${at} reach over ${limit}, where another entry or the directory begins`);
  const head = viewOf(await file.read(at, at + LOCAL.bytes));
  const [nameBytes, extraBytes] = [head.getUint16(26, true), head.getUint16(28, true)];
  const begin = at + LOCAL.bytes + nameBytes + extraBytes;
  if (head.getUint32(0, true) !== LOCAL.signature || begin + packed > limit) throw bad(`there is no entry of ${packed} bytes at ${at}`);
  const own = nameOf(op, viewOf(await file.read(at + LOCAL.bytes, at + LOCAL.bytes + nameBytes)), 0, nameBytes);
  if (own !== name || head.getUint16(8, true) !== method) throw bad(`the entry at ${at} is another one, ${kindText(own)}`);
  if (method === STORED && size !== packed) throw bad(`it is stored, but has ${packed} bytes in place of ${size}`);
  if (size > MOST_PACKED * packed) throw bad(`${packed} bytes claim to be ${size}; deflate packs ${MOST_PACKED} to one at most`);
  const bytes = await file.read(begin, begin + packed);
  const content = method === STORED ? bytes : await inflate(where, bytes, size, "deflate-raw");
  const crc = crc32(content);
  if (crc !== entry.crc) throw bad(`its checksum is ${crc.toString(16)}; the archive says ${entry.crc.toString(16)}`);
  return content;
}
