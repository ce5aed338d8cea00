import { message } from "../errors/message.js";
import { FileError } from "./error.js";

/** A tar archive is blocks of 512 bytes. A header block before each file has, among others, these fields. */
const BLOCK = 512;
const NAME = [0, 100] as const;
const SIZE = [124, 12] as const;
const CHECKSUM = [148, 8] as const;
const TYPE = 156;
const MAGIC = [257, 5] as const;
const PREFIX = [345, 155] as const;

const REGULAR = ["\0", "0"];

/**
 * The ordinary files of a tar archive (POSIX ustar, IEEE 1003.1) by their names. Folders, links and extended headers are passed over.
 * @param bytes the whole archive, unpacked. The files are views of it, not copies
 * @throws FileError for an archive that is damaged or truncated, naming the file
 */
export function untar(op: string, bytes: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    const header = bytes.subarray(at, at + BLOCK);
    // Two blocks of zeros end the archive.
    if (header.every((byte) => byte === 0)) return files;
    const sum = octal(header, CHECKSUM);
    if (sum !== checksum(header))
      throw new FileError(message(op, `the tar header at byte ${at} has checksum ${sum}, its bytes ${checksum(header)}`, "Get it again."));
    const prefix = textOf(header, MAGIC) === "ustar" ? textOf(header, PREFIX) : "";
    const name = prefix === "" ? textOf(header, NAME) : `${prefix}/${textOf(header, NAME)}`;
    const [size, begin] = [octal(header, SIZE), at + BLOCK];
    // NaN is no size.
    if (!(begin + size <= bytes.length)) {
      throw new FileError(
        message(op, `${name} in the tar archive needs ${size} bytes, ${bytes.length - begin} follow; it is truncated`, "Get it again."),
      );
    }
    if (REGULAR.includes(String.fromCharCode(header[TYPE]))) files.set(name, bytes.subarray(begin, begin + size));
    at = begin + Math.ceil(size / BLOCK) * BLOCK;
  }
  throw new FileError(message(op, `the tar archive of ${bytes.length} bytes has no end; it is truncated`, "Get it again."));
}

type Field = readonly [from: number, length: number];

function textOf(header: Uint8Array, [from, length]: Field): string {
  const field = header.subarray(from, from + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

function octal(header: Uint8Array, field: Field): number {
  const digits = textOf(header, field).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

/** The sum of a header's bytes, with spaces for the sum itself. */
function checksum(header: Uint8Array): number {
  const [from, length] = CHECKSUM;
  const space = " ".charCodeAt(0);
  return header.reduce((sum, byte, i) => sum + (i >= from && i < from + length ? space : byte), 0);
}
