import { checkArity } from "../options/arity.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Path } from "./node.js";
import { safetensorsFile } from "./safetensors.js";
import { writeFile } from "./write.js";

/**
 * Writes tensors to a safetensors file, which Python can read too; `loadWeights` reads it. The file is written whole or not at all.
 *
 * @param path path of the file, or a file: URL
 * @param tensors tensors by name: a `stateDict`, or an object
 * @param metadata texts by name; default none
 * @throws FileError that says why the file cannot be written; always in browsers, where `serializeSafetensors` gives the bytes
 * @throws ArgumentError for names, values or metadata that such a file cannot hold
 * @example
 * await saveWeights("net.safetensors", net.stateDict());
 */
export async function saveWeights(
  path: Path,
  tensors: ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  checkArity("saveWeights", arguments.length, 3);
  await writeFile(path, safetensorsFile("saveWeights", tensors, metadata).pieces, "saveWeights");
}
