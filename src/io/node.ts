import { kindText, message, shortened } from "../errors/message.js";
import { builtin, variable } from "../kernels/platform.js";
import { type OptionOf, type OptionSpec, option } from "../options/option.js";
import { FileError } from "./error.js";

/**
 * Files, paths and the terminal, by Node's own modules. kernels/platform.ts explains how these are loaded.
 */

interface NodeProcess {
  platform?: string;
  stderr?: Terminal;
  pid?: number;
  /** Seconds since the process began. */
  uptime?(): number;
  /** Signal 0 only asks whether the process is there. */
  kill?(process: number, signal: number): unknown;
}

/** A path or a file: URL. A URL is described by its properties, because not every consumer's types include the class URL. */
export type Path = string | { readonly href: string; readonly protocol: string };

/** Whether a value is a URL, also one of another realm. */
function isUrl(value: unknown): value is URL {
  return Object.prototype.toString.call(value) === "[object URL]";
}

/** An option that is a path or an address. */
export function pathOption<const S extends OptionSpec<Path>>(spec: S): OptionOf<Path, S> {
  return option<Path, S>("a string or a URL", (value) => typeof value === "string" || isUrl(value), spec);
}

export interface Terminal {
  write(text: string): unknown;
  isTTY?: boolean;
}

/** A file that is open. */
export interface FileHandle {
  /** @param at the place in the file, null for where the last reading ended */
  read(into: Uint8Array, offset: number, length: number, at: number | null): Promise<{ bytesRead: number }>;
  stat(): Promise<FileStatus>;
  close(): Promise<void>;
}

/** What a folder says of a file or folder in it. */
export interface FolderEntry {
  readonly name: string;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

/** What the system knows of a file. */
export interface FileStatus {
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** The number of hard links. */
  readonly nlink: number;
  readonly mtimeMs: number;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

type Status = (path: string, options: { throwIfNoEntry: false }) => FileStatus | undefined;

/** The functions of node:fs that are used. */
export interface FileSystem {
  readonly constants: { readonly W_OK: number };
  readonly promises: {
    open(path: string, flags: string): Promise<FileHandle>;
    writeFile(path: string, bytes: Uint8Array): Promise<void>;
    copyFile(from: string, to: string): Promise<void>;
    rename(from: string, to: string): Promise<void>;
    rm(path: string, options: { force: boolean }): Promise<void>;
    readdir(path: string, options: { withFileTypes: true }): Promise<FolderEntry[]>;
  };
  statSync: Status;
  lstatSync: Status;
  accessSync(path: string, mode: number): void;
  realpathSync(path: string): string;
  readlinkSync(path: string): string;
  readdirSync(path: string): string[];
  rmSync(path: string, options: { force: boolean }): void;
  mkdirSync(path: string): unknown;
  openSync(path: string, flags: string, mode?: number): number;
  writeSync(file: number, bytes: Uint8Array, offset: number, length: number): number;
  ftruncateSync(file: number, bytes: number): void;
  fchmodSync(file: number, mode: number): void;
  fchownSync(file: number, user: number, group: number): void;
  fsync(file: number, done: (error: unknown) => void): void;
  closeSync(file: number): void;
}

/** The functions of node:path that are used. */
interface Paths {
  join(...parts: string[]): string;
  resolve(...parts: string[]): string;
  dirname(path: string): string;
  basename(path: string): string;
}

/** The process, undefined in browsers. */
export function nodeProcess(): NodeProcess | undefined {
  return (globalThis as { process?: NodeProcess }).process;
}

const READ = "In browsers pass the bytes: new Uint8Array(await (await fetch(url)).arrayBuffer()).";
const WRITE = "In browsers take the bytes of serialize() or serializeSafetensors().";

/** Whether the platform has files; browsers have none. */
export function hasFiles(): boolean {
  return builtin("node:fs") !== undefined;
}

function required<T>(op: string, id: string, mend = READ): T {
  const found = builtin<T>(id);
  if (found === undefined) {
    throw new FileError(message(op, "there is no file system here; files need Node, Deno or Bun", mend));
  }
  return found;
}

/** The file system. @param purpose the error in browsers advises how to read or write without files @throws FileError in browsers */
export function fileSystem(op: string, purpose: "read" | "write"): FileSystem {
  return required(op, "node:fs", purpose === "read" ? READ : WRITE);
}

/** The functions for paths. @throws FileError in browsers */
export function paths(op: string): Paths {
  return required(op, "node:path");
}

/** A path as a string; a file: URL becomes the path that it names. @throws FileError in browsers and for other URLs */
export function pathText(op: string, path: Path): string {
  if (typeof path === "string") return path;
  if (!isUrl(path) || path.protocol !== "file:") {
    throw new FileError(
      message(op, `the path is ${isUrl(path) ? shortened(path.href) : kindText(path)}; expected a string or a file: URL`),
    );
  }
  return required<{ fileURLToPath(url: URL): string }>(op, "node:url").fileURLToPath(path);
}

/** The stream on which progress is shown; null in browsers. */
export function terminal(): Terminal | null {
  return nodeProcess()?.stderr ?? null;
}

/** The folder for files that can be downloaded again: `simdgrad` in %LOCALAPPDATA%, $XDG_CACHE_HOME or ~/.cache. */
export function cacheFolder(op: string): string {
  const { join } = paths(op);
  const home = required<{ homedir(): string }>(op, "node:os").homedir();
  const local = nodeProcess()?.platform === "win32" ? (variable("LOCALAPPDATA") ?? join(home, "AppData", "Local")) : undefined;
  return join(variable("XDG_CACHE_HOME") ?? local ?? join(home, ".cache"), "simdgrad");
}
