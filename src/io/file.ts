import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { FileError } from "./error.js";
import { fileSystem, type Path, pathText } from "./node.js";

/** The error codes of the system in words. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is no folder",
  EACCES: "permission denied",
  EPERM: "not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "no space left",
  EMFILE: "too many open files",
};

/**
 * The bytes of a file.
 * @param op name of the calling function, with which errors begin
 * @throws FileError that says why the file cannot be read; always in browsers
 */
export async function readFile(path: Path, op = "readFile"): Promise<Uint8Array> {
  const bytes = await readFileIfThere(path, op);
  if (bytes === null) throw new FileError(message(op, `cannot read ${pathText(op, path)}: ${REASONS.ENOENT}`));
  return bytes;
}

/** The bytes of a file, or null where there is no such file. */
export async function readFileIfThere(path: Path, op: string): Promise<Uint8Array | null> {
  const fs = fileSystem(op, "read");
  const text = pathText(op, path);
  try {
    return plainBytes(await fs.readFile(text));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw new FileError(message(op, `cannot read ${text}: ${reason(error)}`));
  }
}

/**
 * Writes a file whole or not at all: the bytes go into a temporary file beside it, which is then renamed. If `path` is a symbolic
 * link, the file that it leads to is replaced.
 * @param op name of the calling function, with which errors begin
 * @throws FileError that says why the file cannot be written; the file that stood there before is then unchanged
 */
export async function writeFile(path: Path, bytes: Uint8Array, op = "writeFile"): Promise<void> {
  const fs = fileSystem(op, "write");
  const text = pathText(op, path);
  const target = await fs.realpath(text).catch(() => text);
  const temporary = `${target}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    const handle = await fs.open(temporary, "wx");
    try {
      await handle.writeFile(bytes);
      // The bytes must reach the disk before the new name does.
      await handle.sync();
    } finally {
      await handle.close();
    }
    await fs.rename(temporary, target);
  } catch (error) {
    await fs.rm(temporary, { force: true }).catch(() => {});
    throw new FileError(message(op, `cannot write ${text}: ${reason(error)}`));
  }
}

/**
 * Bytes as a plain Uint8Array, without a copy. A Buffer of Node is not passed on, because its `slice` does not copy.
 * @throws ArgumentError for anything but bytes
 */
export function checkBytes(op: string, bytes: unknown): Uint8Array {
  if (bytes instanceof Uint8Array) return plainBytes(bytes);
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes);
  throw new ArgumentError(message(op, `the bytes are ${kindText(bytes)}; expected a Uint8Array or an ArrayBuffer`));
}

function plainBytes(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code ?? "");
}

function reason(error: unknown): string {
  return REASONS[codeOf(error)] ?? (error instanceof Error ? error.message : String(error));
}
