import { kindText, message } from "../errors/message.js";
import { FileError } from "./error.js";
import { readFile } from "./file.js";
import { type FileSystem, fileSystem, type Path, paths, pathText } from "./node.js";
import { reasonOf } from "./reason.js";
import { headerObject, isObject, MAX_HEADER_BYTES } from "./safetensorsHeader.js";

/**
 * Weights in several files, as Hugging Face names them: shards `NAME-00001-of-00003.safetensors`, and `NAME.safetensors.index.json`,
 * whose `weight_map` tells for each tensor the shard that has it.
 */

/** A file with tensors. */
export interface WeightFile {
  readonly path: Path;
  /** With which errors begin. */
  readonly op: string;
  /** The names of the tensors that it must have; null: any. */
  readonly names: readonly string[] | null;
}

export const INDEX = ".safetensors.index.json";
export const SINGLE = ".safetensors";
const SHARD = /-\d{5}-of-\d{5}\.safetensors$/;

/**
 * The files of which weights consist.
 * @param path a safetensors file, an index, a folder with one of them, or the path of a file in whose place an index stands
 * @throws FileError for a damaged index and for missing shards
 */
export async function weightFiles(op: string, path: Path): Promise<WeightFile[]> {
  const fs = fileSystem(op, "read");
  const text = pathText(op, path);
  const found = within(op, fs, text);
  return /\.json$/i.test(found) ? shardsIn(op, fs, found) : [{ path: found, op, names: null }];
}

/** The file or the index that a path means. */
function within(op: string, fs: FileSystem, path: string): string {
  const status = statusOf(fs, path);
  if (status === undefined) return statusOf(fs, `${path}.index.json`)?.isFile() ? `${path}.index.json` : path;
  if (!status.isDirectory()) return path;
  const names = listed(op, fs, path).sort();
  const indices = names.filter((name) => name.endsWith(INDEX));
  // The shards of an index are no candidates; a file in whose place it stands is one.
  const isShard = (name: string): boolean => indices.length > 0 && SHARD.test(name);
  const candidates = [...indices, ...names.filter((name) => name.endsWith(SINGLE) && !isShard(name))];
  if (candidates.length === 1) return paths(op).join(path, candidates[0]);
  const has = candidates.length === 0 ? `neither an index (NAME${INDEX}) nor a safetensors file` : candidates.slice(0, 5).join(", ");
  throw new FileError(
    message(op, `the folder ${path} has ${has}; expected one`, candidates.length > 1 ? "Give the path of one." : undefined),
  );
}

/** The names in a folder. */
export function listed(op: string, fs: FileSystem, folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch (error) {
    throw new FileError(message(op, `cannot read ${folder}: ${reasonOf(error)}`));
  }
}

function statusOf(fs: FileSystem, path: string) {
  try {
    return fs.statSync(path, { throwIfNoEntry: false });
  } catch {
    // Reading the file tells what is wrong.
    return undefined;
  }
}

async function shardsIn(op: string, fs: FileSystem, index: string): Promise<WeightFile[]> {
  const where = `${op}: ${index}`;
  const size = statusOf(fs, index)?.size ?? 0;
  if (size > MAX_HEADER_BYTES) throw new FileError(message(where, `the index has ${size} bytes; at most ${MAX_HEADER_BYTES} are read`));
  const { weight_map: map } = headerObject(where, await readFile(index, op), "index");
  if (!isObject(map)) throw new FileError(message(where, `bad index: its weight_map is ${kindText(map)}; expected files by tensor`));
  const names = new Map<string, string[]>();
  for (const [name, shard] of Object.entries(map)) {
    // A path could lead out of the folder.
    if (typeof shard !== "string" || !shard.endsWith(SINGLE) || /[/\\]/.test(shard))
      throw new FileError(
        message(where, `bad index: ${kindText(name)} is in ${kindText(shard)}; expected the name of a safetensors file beside it`),
      );
    const together = names.get(shard);
    if (together === undefined) names.set(shard, [name]);
    else together.push(name);
  }
  const { dirname, join } = paths(op);
  const files = [...names.keys()]
    .sort()
    .map((shard) => ({ path: join(dirname(index), shard), op: `${op}: ${shard}`, names: names.get(shard) ?? [] }));
  const missing = files.filter(({ path }) => !statusOf(fs, path)?.isFile());
  if (missing.length > 0) {
    const listed = missing
      .slice(0, 5)
      .map(({ path }) => paths(op).basename(path))
      .join(", ");
    const more = missing.length > 5 ? ` and ${missing.length - 5} more` : "";
    throw new FileError(message(where, `${missing.length} of ${files.length} shards are missing: ${listed}${more}`, "Get them again."));
  }
  return files;
}

/** @throws FileError unless a shard has the tensors that the index names */
export function checkShard({ op, names }: WeightFile, entries: ReadonlyMap<string, unknown>): void {
  if (names === null) return;
  const lacking = names.find((name) => !entries.has(name));
  if (lacking !== undefined) throw new FileError(message(op, `the tensor ${kindText(lacking)} is missing, which the index has here`));
  if (names.length === entries.size) return;
  const expected = new Set(names);
  const extra = [...entries.keys()].find((name) => !expected.has(name));
  throw new FileError(message(op, `the tensor ${kindText(extra)} is here, which the index does not have here`));
}
