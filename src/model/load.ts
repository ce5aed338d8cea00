import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { readFile } from "../io/file.js";
import { parseSafetensors } from "../io/safetensors.js";
import type { Module } from "../nn/module.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { option } from "../options/option.js";
import { isPlain } from "../options/plain.js";
import type { Tensor } from "../tensor/tensor.js";
import { architectureIn } from "./described.js";
import { FORMAT_KEY, Model } from "./model.js";
import { type ModuleClass, Rebuilder } from "./rebuild.js";

const LOAD = declare("loadModel", {
  /**
   * The classes of your own layers and models, by their `static type` or name. Each is called with what its `config()` gave, or has
   * a static `fromConfig` that is. Default none.
   */
  custom: option<Record<string, ModuleClass>, { default: Record<string, ModuleClass> }>("an object of classes by type", isPlain, {
    default: {},
  }),
});

/** Options of `loadModel` and `deserializeModel`. */
export interface LoadOptions extends OptionsOf<typeof LOAD> {}

/**
 * Reads a model that `save` wrote: its architecture, parameters and buffers. The file has no optimizer, loss or metrics: compile the
 * model again.
 * @param path path of the file, or a file: URL
 * @param options.custom the classes of your own layers and models, by their `static type` or name
 * @throws ArgumentError for an unknown layer, for a file without an architecture or with a damaged one, ShapeError for tensors that do
 *         not fit it, and every error of the strict reader; nothing larger than the file is made before it is known to fit
 * @example
 * await model.save("digits.safetensors");
 * const again = await loadModel("digits.safetensors");
 */
export async function loadModel<M extends Module = Model>(path: string | URL, options?: LoadOptions): Promise<M> {
  checkArity("loadModel", arguments.length, 2);
  const { custom } = LOAD.readOptions(options);
  return restore<M>("loadModel", await readFile(path, "loadModel"), custom);
}

/**
 * Makes a model from the bytes that `serialize` gave, as `loadModel` does from a file.
 * @throws ArgumentError, and every error of the strict reader
 * @example const copy = deserializeModel(model.serialize());
 */
export function deserializeModel<M extends Module = Model>(bytes: Uint8Array, options?: LoadOptions): M {
  checkArity("deserializeModel", arguments.length, 2);
  const { custom } = LOAD.readOptions(options, "deserializeModel");
  return restore<M>("deserializeModel", bytes, custom);
}

/**
 * Reads the tensors of a safetensors file by their names, for example of a file that PyTorch wrote.
 * @param path path of the file, or a file: URL
 * @example
 * await saveWeights("net.safetensors", net.stateDict());
 * net.loadStateDict(await loadWeights("net.safetensors"));
 */
export async function loadWeights(path: string | URL): Promise<Map<string, Tensor>> {
  checkArity("loadWeights", arguments.length, 1);
  return parseSafetensors(await readFile(path, "loadWeights"), "loadWeights").tensors;
}

function restore<M extends Module>(op: string, bytes: Uint8Array, custom: Readonly<Record<string, ModuleClass>>): M {
  const { tensors, metadata } = parseSafetensors(bytes, op);
  if (metadata[FORMAT_KEY] === undefined) {
    throw new ArgumentError(
      message(
        op,
        "the file holds weights but no architecture",
        "Build the model yourself and load the weights: model.loadStateDict(await loadWeights(path)).",
      ),
    );
  }
  const architecture = architectureIn(op, metadata[FORMAT_KEY]);
  const model = new Rebuilder(op, custom, tensors).rebuild(architecture);
  if (!(model instanceof Model)) {
    throw new ArgumentError(
      message(op, `the file describes ${/^[AEIO]/.test(architecture.type) ? "an" : "a"} ${architecture.type}; expected a model`),
    );
  }
  model.loadStateDict(tensors);
  return model as Module as M;
}
