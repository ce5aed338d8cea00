import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count } from "../options/kinds.js";
import type { Tensor } from "../tensor/tensor.js";
import { weightsAmong } from "./checkpointNames.js";
import { floatsAs } from "./encode.js";
import type { NamedTensors } from "./named.js";
import { type Path, pathText } from "./node.js";
import { newNames, renameOption, transformed, transformOption, underNewNames } from "./rename.js";
import { dtypeOption, metadataOption, safetensorsFile } from "./safetensors.js";
import { checkShard, weightFiles } from "./shards.js";
import { withTensorFile } from "./tensorFile.js";
import { writeFile } from "./write.js";
import { writeShards } from "./writeShards.js";

const LOAD = declare("loadWeights", {
  /**
   * New names: a function of the file's name, an object of new names by the file's, or a list of rules [pattern, replacement]. null as a
   * new name leaves the tensor out: it is not read. Default null: the names of the file.
   */
  rename: renameOption,
  /** A function of each tensor and its name in the file, which gives the tensor to take in its place. Default null: none. */
  transform: transformOption,
});

/** Options of `loadWeights`. */
export interface LoadWeightsOptions extends OptionsOf<typeof LOAD> {}

/**
 * Reads the tensors of safetensors files by their names, for example of a file that PyTorch wrote. Weights in several files, as Hugging
 * Face has them, are read by their index, which is checked: each shard is there, and has the tensors that the index names.
 *
 * @param path path of a file, of an index (`model.safetensors.index.json`), or of a folder that has one of them; or a file: URL
 * @param options.rename new names, by a function, by an object, or by a list of rules [pattern, replacement]; null leaves a tensor out
 * @param options.transform what is taken in a tensor's place; it is told the name in the file
 * @throws FileError, DTypeError, ShapeError of the strict reader; ArgumentError where two tensors would get one name, and for rules that
 *         fit no tensor
 * @example
 * await saveWeights("net.safetensors", net.stateDict());
 * net.loadStateDict(await loadWeights("net.safetensors"));
 */
export async function loadWeights(path: Path, options?: LoadWeightsOptions): Promise<Map<string, Tensor>> {
  const op = "loadWeights";
  checkArity(op, arguments.length, 2);
  const { rename, transform } = LOAD.readOptions(options);
  const files = await weightFiles(op, path);
  const found = new Map<string, Tensor>();
  // The names of all shards at once, so that two of the same name are found.
  let names =
    files[0]?.names === null
      ? null
      : newNames(
          op,
          files.flatMap((file) => file.names ?? []),
          rename,
        );
  for (const file of files)
    await withTensorFile(file.path, file.op, async (opened) => {
      checkShard(file, opened.entries);
      names ??= newNames(op, weightsAmong(opened.entries, opened.metadata).keys(), rename);
      for (const entry of opened.entries.values()) {
        const name = names.get(entry.name);
        if (name !== undefined) found.set(name, transformed(op, await opened.tensor(entry), entry.name, transform));
      }
    });
  return found;
}

const SAVE = declare("saveWeights", {
  /** Texts by name that the file holds beside the tensors; transformers of Hugging Face asks for `{ format: "pt" }`. Default none. */
  metadata: metadataOption,
  /**
   * Element type in which floating-point tensors are written: "float64", "float32", "float16" or "bfloat16". Numbers are rounded to the
   * nearest, those too large become infinite, and NaN stays NaN, as in PyTorch. Default null: each in its own.
   */
  dtype: dtypeOption,
  /**
   * Names in the file: a function of the name, an object of new names by old ones, or a list of rules [pattern, replacement]. null as a
   * new name leaves the tensor out. Default null: the names as they are.
   */
  rename: renameOption,
  /** A function of each tensor and its name in the file, which gives the tensor to write in its place. Default null: none. */
  transform: transformOption,
  /**
   * Bytes of tensors in one file, at most, unless one tensor has more. More bytes are written to shards, `net-00001-of-00003.safetensors`
   * for the path `net.safetensors`, with an index, `net.safetensors.index.json`. Default null: one file for all.
   */
  maxShardBytes: count({ default: null, aka: ["maxShardSize"] }),
});

/** Options of `saveWeights`. */
export interface SaveWeightsOptions extends OptionsOf<typeof SAVE> {}

/**
 * Writes tensors to a safetensors file, which Python can read too; `loadWeights` reads it. The file is written whole or not at all.
 *
 * @param path path of the file, or a file: URL
 * @param tensors tensors by name: a `stateDict`, or an object
 * @param options.metadata texts by name; default none
 * @param options.dtype element type of floating-point tensors in the file, such as "bfloat16"; default their own
 * @param options.rename names in the file, by a function, by an object, or by a list of rules; default the names as they are
 * @param options.transform what is written in a tensor's place; it is told the name in the file
 * @param options.maxShardBytes size above which the tensors are written to several files with an index; default never
 * @throws FileError that says why the file cannot be written; always in browsers, where `serializeSafetensors` gives the bytes
 * @throws ArgumentError for names, values or metadata that such a file cannot hold
 * @example
 * await saveWeights("net.safetensors", net.stateDict());
 */
export async function saveWeights(path: Path, tensors: NamedTensors, options?: SaveWeightsOptions): Promise<void> {
  const op = "saveWeights";
  checkArity(op, arguments.length, 3);
  const { metadata, dtype, rename, transform, maxShardBytes } = SAVE.readOptions(options);
  const named = underNewNames(op, tensors, rename, transform);
  const encoder = floatsAs(op, dtype);
  if (maxShardBytes !== null) {
    const text = pathText(op, path);
    if (!text.endsWith(".safetensors"))
      throw new ArgumentError(message(op, `the path of shards is ${kindText(text)}; expected one that ends with .safetensors`));
    const file = (part: NamedTensors) => safetensorsFile(op, part, metadata, encoder).pieces;
    if (await writeShards(op, text, named, maxShardBytes, encoder, file)) return;
  }
  await writeFile(path, safetensorsFile(op, named, metadata, encoder).pieces, op);
}
