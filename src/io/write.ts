import { SimdgradError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { FileError } from "./error.js";
import { joined } from "./file.js";
import { type FileStatus, type FileSystem, fileSystem, type Path, paths, pathText } from "./node.js";
import { codeOf, reasonOf } from "./reason.js";
import { clearStale, type Temporary, temporaryBeside } from "./temporary.js";

/** The bytes that one call of the system writes at most. Writing blocks, so these pieces also bound the copies that are made. */
const PIECE = 16 << 20;

/** Codes of the system where a file cannot be replaced, but can still be written: a mount point, a folder that belongs to somebody else. */
const IRREPLACEABLE = ["EACCES", "EPERM", "EROFS", "EBUSY", "EXDEV", "ETXTBSY"];

/** The most symbolic links that are followed one after the other, as on Linux. */
const MOST_LINKS = 40;

/**
 * Writes a file whole or not at all: the bytes go into a temporary file beside it, which then takes its name. The mode of a file that
 * stood there is kept, and symbolic links are followed. Three kinds of file are written in place, since another file in their place
 * would not be the same: devices and pipes, files with several hard links, and files in a folder where nothing can be made.
 *
 * All bytes are taken, and handed to the system, before the function first waits. So they are of one moment, whatever is trained
 * meanwhile.
 * @param content the bytes, or pieces of them
 * @param op name of the calling function, with which errors begin
 * @throws FileError that says why the file cannot be written; the file that stood there before is then unchanged, unless it is one of
 *         those that are written in place
 */
export async function writeFile(path: Path, content: Uint8Array | Iterable<Uint8Array>, op = "writeFile"): Promise<void> {
  await (await stage(path, content, op)).take();
}

/** A file and its bytes. */
export interface FileContent {
  readonly path: Path;
  readonly content: Iterable<Uint8Array>;
}

/**
 * Writes several files, each as `writeFile` does it. None takes its name before the bytes of all have reached the disk, so that a full
 * disk changes nothing.
 * @param between what is done before the first file takes its name
 * @throws FileError that says why a file cannot be written
 */
export async function writeFiles(files: readonly FileContent[], op: string, between: () => void): Promise<void> {
  const stages = await Promise.allSettled(files.map(({ path, content }) => stage(path, content, op)));
  const staged = new Set(stages.flatMap((one) => (one.status === "fulfilled" ? [one.value] : [])));
  try {
    for (const one of stages) if (one.status === "rejected") throw one.reason;
    between();
    for (const one of staged) {
      staged.delete(one);
      await one.take();
    }
  } finally {
    for (const { drop } of staged) await drop();
  }
}

/** A file whose bytes are on the disk, under another name. */
interface Staged {
  /** Gives it its name. */
  take(): Promise<void>;
  /** Deletes it instead. */
  drop(): Promise<void>;
}

/** What was written in place. */
const WRITTEN_ALREADY: Staged = { take: async () => {}, drop: async () => {} };

async function stage(path: Path, content: Uint8Array | Iterable<Uint8Array>, op: string): Promise<Staged> {
  const fs = fileSystem(op, "write");
  const text = pathText(op, path);
  const pieces = ArrayBuffer.isView(content) ? [content as Uint8Array] : content;
  const failed = (error: unknown) =>
    error instanceof SimdgradError ? error : new FileError(message(op, `cannot write ${text}: ${reasonOf(error)}`));
  try {
    const target = destination(op, fs, text);
    const before = fs.statSync(target, { throwIfNoEntry: false });
    if (before?.isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
    if (before !== undefined && !before.isFile()) {
      const bytes = joined(op, pieces);
      // Opening a pipe waits for a reader, which may be in this process.
      await fs.promises.writeFile(target, bytes);
      return WRITTEN_ALREADY;
    }
    // The owner of a folder may replace a file that is protected against writing; nobody who protects one expects it.
    if (before !== undefined) fs.accessSync(target, fs.constants.W_OK);
    const { take, drop } = await stageBeside(op, fs, target, before, pieces);
    return {
      drop,
      take: () =>
        take().catch((error) => {
          throw failed(error);
        }),
    };
  } catch (error) {
    throw failed(error);
  }
}

/** Where the bytes go: symbolic links are followed, also those that lead to no file yet. */
function destination(op: string, fs: FileSystem, path: string): string {
  if (fs.statSync(path, { throwIfNoEntry: false })?.isFile() === true) return fs.realpathSync(path);
  const { dirname, resolve } = paths(op);
  let target = path;
  for (let links = 0; fs.lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink() === true; links++) {
    // The links of /proc and /dev/stdout name no path. The system follows them itself.
    if (fs.statSync(target, { throwIfNoEntry: false }) !== undefined) return target;
    if (links === MOST_LINKS) throw Object.assign(new Error(), { code: "ELOOP" });
    target = resolve(dirname(target), fs.readlinkSync(target));
  }
  return target;
}

/** Writes a temporary file beside `target`, or `target` itself where nothing can be made beside it. */
async function stageBeside(
  op: string,
  fs: FileSystem,
  target: string,
  before: FileStatus | undefined,
  pieces: Iterable<Uint8Array>,
): Promise<Staged> {
  clearStale(op, fs, target);
  const temporary = temporaryBeside(op, target);
  const drop = async () => {
    await fs.promises.rm(temporary.path, { force: true }).catch(() => {});
    temporary.end();
  };
  let file: number;
  try {
    // What may have been secret stays so while it is written.
    file = fs.openSync(temporary.path, "wx", before === undefined ? 0o666 : 0o600);
  } catch (error) {
    temporary.end();
    if (before === undefined || !IRREPLACEABLE.includes(codeOf(error))) throw error;
    await overwrite(fs, target, pieces);
    return WRITTEN_ALREADY;
  }
  try {
    try {
      writeAll(fs, file, pieces);
      if (before !== undefined) takeAfter(fs, file, before);
      // The bytes must reach the disk before the new name does.
      await synced(fs, file);
    } finally {
      fs.closeSync(file);
    }
  } catch (error) {
    await drop();
    throw error;
  }
  return { drop, take: () => replace(op, fs, target, before, temporary) };
}

/** Puts a temporary file in the place of `target`. */
async function replace(op: string, fs: FileSystem, target: string, before: FileStatus | undefined, temporary: Temporary): Promise<void> {
  // A copy into the target that failed half-way: the temporary file is then the only whole one.
  let damaged = false;
  try {
    const copy = async () => {
      damaged = true;
      await copyInto(fs, temporary.path, target);
      damaged = false;
    };
    if (before !== undefined && before.nlink > 1) await copy();
    else await rename(fs, temporary.path, target, before === undefined ? null : copy);
  } catch (error) {
    if (!damaged) throw error;
    const mend = `The new bytes are whole in ${temporary.path}.`;
    throw new FileError(message(op, `cannot write ${target}: ${reasonOf(error)}; the file is damaged`, mend));
  } finally {
    if (!damaged) await fs.promises.rm(temporary.path, { force: true }).catch(() => {});
    temporary.end();
  }
  await syncFolder(op, fs, target);
}

/** Writes a file in place that nothing can be made beside. */
async function overwrite(fs: FileSystem, target: string, pieces: Iterable<Uint8Array>): Promise<void> {
  const file = fs.openSync(target, "r+");
  try {
    fs.ftruncateSync(file, writeAll(fs, file, pieces));
    await synced(fs, file);
  } finally {
    fs.closeSync(file);
  }
}

/** @returns the number of bytes */
export function writeAll(fs: FileSystem, file: number, pieces: Iterable<Uint8Array>): number {
  let written = 0;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const count = fs.writeSync(file, piece, at, Math.min(PIECE, piece.length - at));
      at += count;
      written += count;
    }
  }
  return written;
}

/** Gives a file the mode of the one that it replaces, and its owner where that is allowed. */
function takeAfter(fs: FileSystem, file: number, { mode, uid, gid }: FileStatus): void {
  try {
    fs.fchownSync(file, uid, gid);
  } catch {
    // Only root may give files away. The file then belongs to whoever writes it.
  }
  fs.fchmodSync(file, mode & 0o7777);
}

/** @param instead what is done where the system does not let a file take the place of another; null: nothing */
async function rename(fs: FileSystem, from: string, to: string, instead: (() => Promise<void>) | null): Promise<void> {
  try {
    await fs.promises.rename(from, to);
  } catch (error) {
    if (instead === null || !IRREPLACEABLE.includes(codeOf(error))) throw error;
    await instead();
  }
}

/** Copies a file into another one that keeps its identity: its hard links, or its place as a mount point. */
async function copyInto(fs: FileSystem, from: string, to: string): Promise<void> {
  await fs.promises.copyFile(from, to);
  const file = fs.openSync(to, "r+");
  try {
    await synced(fs, file);
  } finally {
    fs.closeSync(file);
  }
}

export function synced(fs: FileSystem, file: number): Promise<void> {
  return new Promise((resolve, reject) => fs.fsync(file, (error) => (error ? reject(error) : resolve())));
}

/** Lets the new name reach the disk too. Some systems cannot do that for folders, and then need not. */
export async function syncFolder(op: string, fs: FileSystem, target: string): Promise<void> {
  try {
    const folder = fs.openSync(paths(op).dirname(target), "r");
    try {
      await synced(fs, folder);
    } finally {
      fs.closeSync(folder);
    }
  } catch {}
}
