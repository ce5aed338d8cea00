import { message } from "../errors/message.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Encoder } from "./encode.js";
import { FileError } from "./error.js";
import { type FileSystem, fileSystem, paths } from "./node.js";
import { reasonOf } from "./reason.js";
import { INDEX, listed, SINGLE } from "./shards.js";
import { writeFile, writeFiles } from "./write.js";

/** A tensor that is to be written, and its bytes in the file. */
interface Sized {
  readonly name: string;
  readonly tensor: Tensor;
  readonly bytes: number;
}

/**
 * Writes tensors to shards and an index, if they have more than `most` bytes. They replace what an earlier save left at the path. Before
 * the first of them takes its name, an index that is there goes: so a mixture of two saves is never read as one.
 * @param path path of the file in whose place they are, which ends with ".safetensors"
 * @param most bytes in a shard, unless it is one tensor that has more
 * @param fileOf the bytes of a safetensors file
 * @returns whether they have more
 */
export async function writeShards(
  op: string,
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
  most: number,
  encoder: Encoder,
  fileOf: (part: ReadonlyMap<string, Tensor>) => Iterable<Uint8Array>,
): Promise<boolean> {
  const sized = [...tensors].map(([name, tensor]) => ({ name, tensor, bytes: encoder(tensor).bytes }));
  const parts = partsOf(sized, most);
  if (parts.length < 2) return false;
  const fs = fileSystem(op, "write");
  const { basename, dirname, join } = paths(op);
  const [folder, stem] = [dirname(path), basename(path).slice(0, -SINGLE.length)];
  const names = parts.map((_, i) => `${stem}-${fiveDigits(i + 1)}-of-${fiveDigits(parts.length)}${SINGLE}`);
  const index = join(folder, `${stem}${INDEX}`);

  const files = parts.map((part, i) => ({
    path: join(folder, names[i]),
    content: fileOf(new Map(part.map(({ name, tensor }) => [name, tensor]))),
  }));
  let stale: string[] = [];
  await writeFiles(files, op, () => {
    stale = earlier(op, fs, folder, stem, index).filter((name) => !names.includes(name));
    remove(op, fs, index);
  });
  const shardOf = parts.flatMap((part, i) => part.map(({ name }) => [name, names[i]] as const));
  const size = sized.reduce((sum, { bytes }) => sum + bytes, 0);
  const text = JSON.stringify({ metadata: { total_size: size }, weight_map: Object.fromEntries(shardOf) }, null, 2);
  await writeFile(index, new TextEncoder().encode(`${text}\n`), op);
  for (const name of stale) remove(op, fs, join(folder, name));
  return true;
}

/** Tensors in their order, in parts of at most `most` bytes; a larger tensor is a part of its own. */
function partsOf(tensors: readonly Sized[], most: number): Sized[][] {
  const parts: Sized[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const one of tensors) {
    if (bytes + one.bytes > most) {
      parts.push([]);
      bytes = 0;
    }
    parts[parts.length - 1].push(one);
    bytes += one.bytes;
  }
  return parts;
}

/** The files that hold the weights at a path now: a single one, and the shards of an index. */
function earlier(op: string, fs: FileSystem, folder: string, stem: string, index: string): string[] {
  const single = `${stem}${SINGLE}`;
  if (fs.statSync(index, { throwIfNoEntry: false }) === undefined) return [single];
  const isShard = (name: string): boolean =>
    name.startsWith(`${stem}-`) && /^\d{5}-of-\d{5}\.safetensors$/.test(name.slice(stem.length + 1));
  return [single, ...listed(op, fs, folder).filter(isShard)];
}

function remove(op: string, fs: FileSystem, path: string): void {
  try {
    fs.rmSync(path, { force: true });
  } catch (error) {
    throw new FileError(message(op, `cannot replace ${path}: ${reasonOf(error)}`));
  }
}

function fiveDigits(n: number): string {
  return String(n).padStart(5, "0");
}
