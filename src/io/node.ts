import { kindText, message } from "../errors/message.js";
import { builtin, variable } from "../kernels/platform.js";
import { type OptionOf, type OptionSpec, option } from "../options/option.js";
import { FileError } from "./error.js";

/**
 * Files and what goes with them, of Node's own modules: see kernels/platform.ts for how they are reached.
 */

interface NodeProcess {
  platform?: string;
  stderr?: Terminal;
}

/** A path or a file: URL. URL is told by its shape, since neither ECMAScript's own types nor those of every consumer know it. */
export type Path = string | { readonly href: string; readonly protocol: string };

/** An option that is a path or an address. */
export function pathOption<const S extends OptionSpec<Path>>(spec: S): OptionOf<Path, S> {
  return option<Path, S>("a string or a URL", (value) => typeof value === "string" || value instanceof URL, spec);
}

export interface Terminal {
  write(text: string): unknown;
  isTTY?: boolean;
}

interface FileHandle {
  writeFile(bytes: Uint8Array): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** What is used of node:fs/promises. */
export interface FileSystem {
  readFile(path: string): Promise<Uint8Array>;
  open(path: string, flags: string): Promise<FileHandle>;
  rename(from: string, to: string): Promise<void>;
  realpath(path: string): Promise<string>;
  rm(path: string, options: { force: boolean }): Promise<void>;
  mkdir(path: string, options: { recursive: boolean }): Promise<unknown>;
}

/** What is used of node:path. */
interface Paths {
  join(...parts: string[]): string;
}

function nodeProcess(): NodeProcess | undefined {
  return (globalThis as { process?: NodeProcess }).process;
}

const READ = "In browsers pass the bytes: new Uint8Array(await (await fetch(url)).arrayBuffer()).";
const WRITE = "In browsers take the bytes of serialize() or serializeSafetensors().";

/** Whether there are files here: not in browsers. */
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

/** @param purpose what the error in browsers advises on @throws FileError in browsers */
export function fileSystem(op: string, purpose: "read" | "write"): FileSystem {
  return required(op, "node:fs/promises", purpose === "read" ? READ : WRITE);
}

/** @throws FileError in browsers */
export function paths(op: string): Paths {
  return required(op, "node:path");
}

/** The path of a file: URL; strings as they are. @throws FileError in browsers and for other URLs */
export function pathText(op: string, path: Path): string {
  if (typeof path === "string") return path;
  if (!(path instanceof URL) || path.protocol !== "file:") {
    throw new FileError(message(op, `the path is ${path instanceof URL ? path.href : kindText(path)}; expected a string or a file: URL`));
  }
  return required<{ fileURLToPath(url: URL): string }>(op, "node:url").fileURLToPath(path);
}

/** Where progress is shown; null in browsers. */
export function terminal(): Terminal | null {
  return nodeProcess()?.stderr ?? null;
}

/** The folder for what can be had again: %LOCALAPPDATA%, $XDG_CACHE_HOME or ~/.cache, with `simdgrad` in it. */
export function cacheFolder(op: string): string {
  const { join } = paths(op);
  const home = required<{ homedir(): string }>(op, "node:os").homedir();
  const local = nodeProcess()?.platform === "win32" ? (variable("LOCALAPPDATA") ?? join(home, "AppData", "Local")) : undefined;
  return join(variable("XDG_CACHE_HOME") ?? local ?? join(home, ".cache"), "simdgrad");
}
