import { builtin } from "../kernels/platform.js";
import { type FileSystem, nodeProcess, paths } from "./node.js";

/**
 * Names of temporary files: `.NAME.hash.host.process.number.tmp` beside the file NAME that is written. The hash is of the whole name,
 * of which a long one stands there cut, since names have 255 bytes at most. From host and process the next save knows whether the
 * writer is still at work.
 */

/** The letters of a file's name that its temporary files carry. Each has up to four bytes. */
const LETTERS = 40;

/** A file of another computer, which may still be writing, is old enough to go after a day, in milliseconds. */
const ABANDONED = 24 * 3600 * 1000;

/** Temporary files that this process writes now. */
const active = new Set<string>();

export interface Temporary {
  readonly path: string;
  /** Tells that the file is there no more. */
  end(): void;
}

/** A new name for a temporary file beside `target`. */
export function temporaryBeside(op: string, target: string): Temporary {
  const { basename, dirname, join } = paths(op);
  const writer = `${host()}.${processNumber()}.${crypto.randomUUID().slice(0, 8)}`;
  const path = join(dirname(target), `${prefix(basename(target))}${writer}.tmp`);
  active.add(path);
  return { path, end: () => void active.delete(path) };
}

/** Deletes the temporary files of `target` whose writers were killed. */
export function clearStale(op: string, fs: FileSystem, target: string): void {
  const { basename, dirname, join } = paths(op);
  const folder = dirname(target);
  const begin = prefix(basename(target));
  try {
    for (const name of fs.readdirSync(folder)) {
      if (!name.startsWith(begin) || !name.endsWith(".tmp")) continue;
      const path = join(folder, name);
      if (isStale(fs, path, name.slice(begin.length).split("."))) fs.rmSync(path, { force: true });
    }
  } catch {
    // A folder that cannot be listed keeps what it has.
  }
}

function isStale(fs: FileSystem, path: string, [writerHost, writer]: readonly string[]): boolean {
  if (active.has(path)) return false;
  const modified = fs.statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (writerHost !== host()) return Date.now() - modified > ABANDONED;
  // A file of this process that is not active is another thread's; but if it is older than the process, its number was used before.
  if (Number(writer) === processNumber()) return modified < Date.now() - 1000 * (nodeProcess()?.uptime?.() ?? 0) - 1000;
  return !isRunning(Number(writer));
}

function isRunning(process: number): boolean {
  try {
    nodeProcess()?.kill?.(process, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code !== "ESRCH";
  }
}

function prefix(name: string): string {
  return `.${[...name].slice(0, LETTERS).join("")}.${hash(name)}.`;
}

/** FNV-1a, 32 bits, in hexadecimal digits. */
function hash(text: string): string {
  let sum = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193);
  return (sum >>> 0).toString(16).padStart(8, "0");
}

function host(): string {
  return hash(builtin<{ hostname(): string }>("node:os")?.hostname() ?? "");
}

function processNumber(): number {
  return nodeProcess()?.pid ?? 0;
}
