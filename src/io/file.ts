import { ArgumentError, MemoryError } from "../errors/errors.js";
import { bytesText, kindText, message } from "../errors/message.js";
import { FileError } from "./error.js";
import { type FileHandle, fileSystem, type Path, pathText } from "./node.js";
import { codeOf, reasonOf } from "./reason.js";

/** Reading files. One call of the system reads less than 2 GiB, and never all of a larger file: everything is read in pieces. */

/** The bytes that one call of the system reads at most. */
const PIECE = 64 << 20;

/** A file on disk that is open for reading at any place. */
export interface OpenFile {
  /** Bytes of the file. */
  readonly size: number;
  /** The bytes from `begin` up to `end`. @throws FileError where the file ends before */
  read(begin: number, end: number): Promise<Uint8Array>;
}

/**
 * Opens a file, calls `use`, and closes it.
 * @param op name of the calling function, with which errors begin
 * @throws FileError that says why the file cannot be read; always in browsers
 */
export async function withFile<T>(path: Path, op: string, use: (file: OpenFile) => Promise<T>): Promise<T> {
  const found = await openIfThere(path, op, use);
  if (found === null) throw new FileError(message(op, `cannot read ${pathText(op, path)}: ${reasonOf({ code: "ENOENT" })}`));
  return found.value;
}

/**
 * The bytes of a file.
 * @param op name of the calling function, with which errors begin
 * @throws FileError that says why the file cannot be read; always in browsers
 */
export function readFile(path: Path, op = "readFile"): Promise<Uint8Array> {
  return withFile(path, op, ({ size, read }) => read(0, size));
}

/** The bytes of a file, or null where there is no such file. */
export async function readFileIfThere(path: Path, op: string): Promise<Uint8Array | null> {
  const found = await openIfThere(path, op, ({ size, read }) => read(0, size));
  return found === null ? null : found.value;
}

async function openIfThere<T>(path: Path, op: string, use: (file: OpenFile) => Promise<T>): Promise<{ value: T } | null> {
  const { promises } = fileSystem(op, "read");
  const text = pathText(op, path);
  const failed = (error: unknown) => new FileError(message(op, `cannot read ${text}: ${reasonOf(error)}`));
  let handle: FileHandle;
  try {
    handle = await promises.open(text, "r");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw failed(error);
  }
  try {
    const file = await opened(op, handle).catch((error) => {
      throw failed(error);
    });
    const read = async (begin: number, end: number) => {
      const bytes = space(op, end - begin);
      const found = await file.read(bytes, begin).catch((error) => {
        throw failed(error);
      });
      if (found < bytes.length)
        throw new FileError(message(op, `${text} ends at byte ${begin + found}; it became shorter while it was read`));
      return bytes;
    };
    return { value: await use({ size: file.size, read }) };
  } finally {
    await handle.close().catch(() => {});
  }
}

/** How the bytes of an open file are had. `read` fills an array from a place on, and gives the number of bytes that were there. */
interface Source {
  readonly size: number;
  read(into: Uint8Array, at: number): Promise<number>;
}

async function opened(op: string, handle: FileHandle): Promise<Source> {
  const found = await handle.stat();
  // A pipe or a device is read from its beginning to its end. So is a file that the system makes while it is read: its size is 0.
  if (found.isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
  if (!found.isFile() || found.size === 0) return held(await readToEnd(op, handle));
  return {
    size: found.size,
    read: async (into, at) => {
      let done = 0;
      while (done < into.length) {
        const { bytesRead } = await handle.read(into, done, Math.min(PIECE, into.length - done), at + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return done;
    },
  };
}

function held(whole: Uint8Array): Source {
  return {
    size: whole.length,
    read: async (into, at) => {
      into.set(whole.subarray(at, at + into.length));
      return into.length;
    },
  };
}

async function readToEnd(op: string, handle: FileHandle): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const part = new Uint8Array(1 << 16);
    const { bytesRead } = await handle.read(part, 0, part.length, null);
    if (bytesRead === 0) break;
    parts.push(part.subarray(0, bytesRead));
  }
  return joined(op, parts);
}

/** The bytes of several pieces, one behind the other, in an array of their own. */
export function joined(op: string, pieces: Iterable<Uint8Array>): Uint8Array {
  const all = [...pieces];
  const bytes = space(
    op,
    all.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const piece of all) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function space(op: string, bytes: number): Uint8Array {
  try {
    return new Uint8Array(bytes);
  } catch {
    throw new MemoryError(message(op, `the platform refused ${bytesText(bytes)} of memory for the file's bytes`));
  }
}

/**
 * Bytes as a plain Uint8Array, without a copy. A Buffer of Node is not passed on, because its `slice` does not copy.
 * @throws ArgumentError for anything but bytes
 */
export function checkBytes(op: string, bytes: unknown): Uint8Array {
  const kind = Object.prototype.toString.call(bytes);
  if (kind === "[object Uint8Array]") {
    const { buffer, byteOffset, byteLength } = bytes as Uint8Array;
    return Object.getPrototypeOf(bytes) === Uint8Array.prototype ? (bytes as Uint8Array) : new Uint8Array(buffer, byteOffset, byteLength);
  }
  if (kind === "[object ArrayBuffer]" || kind === "[object SharedArrayBuffer]") return new Uint8Array(bytes as ArrayBuffer);
  throw new ArgumentError(message(op, `the bytes are ${kindText(bytes)}; expected a Uint8Array or an ArrayBuffer`));
}
