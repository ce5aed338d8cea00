import { ArgumentError } from "../errors/errors.js";
import { message, shortened } from "../errors/message.js";
import { ownMetadata, weightsAmong } from "../io/checkpointNames.js";
import { parseSafetensors } from "../io/safetensors.js";
import { withTensorFile } from "../io/tensorFile.js";
import { Module } from "../nn/module.js";
import { type Described, matched } from "../nn/state.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { option } from "../options/option.js";
import { isPlain } from "../options/plain.js";
import { architectureIn } from "./described.js";
import { FORMAT_KEY } from "./fileMetadata.js";
import { Model } from "./model.js";
import { type Custom, Rebuilder } from "./rebuild.js";

const LOAD = declare("loadModel", {
  /**
   * The classes of your own layers and models, by their `static type` or name. Each is called with what its `config()` gave, or has
   * a static `fromConfig` that is. For those of simdgrad/models it is the module: `import * as models from "simdgrad/models"`. A bundle,
   * which knows the common layers and activations only, passes others of the library, too: `{ Mish, softsign }`. Default none.
   */
  custom: option<Custom, { default: Custom }>("an object of classes by type", isPlain, {
    default: {},
  }),
});

/** Options of `loadModel` and `deserializeModel`. */
export interface LoadOptions extends OptionsOf<typeof LOAD> {}

/**
 * Reads a model that `save` wrote: its architecture, parameters, buffers and `metadata`. The file has no optimizer, loss or metrics: compile the
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
  return withTensorFile(path, "loadModel", async (file) => {
    const entries = weightsAmong(file.entries, file.metadata);
    const model = rebuilt("loadModel", file.metadata, entries, custom);
    // A model of the user's may take its state over in a way of its own.
    if (model.loadStateDict !== Module.prototype.loadStateDict) model.loadStateDict(weightsAmong(await file.tensors(), file.metadata));
    else
      for (const [value, entry] of matched(model, entries))
        await file.read(entry, (piece, from) => value.storage.write(piece, "loadModel", from));
    return model as Module as M;
  });
}

/**
 * Makes a model from the bytes that `serialize` gave, as `loadModel` does from a file.
 * @throws ArgumentError, and every error of the strict reader
 * @example const copy = deserializeModel(model.serialize());
 */
export function deserializeModel<M extends Module = Model>(bytes: Uint8Array, options?: LoadOptions): M {
  checkArity("deserializeModel", arguments.length, 2);
  const { custom } = LOAD.readOptions(options, "deserializeModel");
  const { tensors: all, metadata } = parseSafetensors(bytes, "deserializeModel");
  const tensors = weightsAmong(all, metadata);
  const model = rebuilt("deserializeModel", metadata, tensors, custom);
  model.loadStateDict(tensors);
  return model as Module as M;
}

/** The model that a file describes, before it has the file's numbers. */
function rebuilt(op: string, metadata: Readonly<Record<string, string>>, tensors: ReadonlyMap<string, Described>, custom: Custom): Model {
  if (metadata[FORMAT_KEY] === undefined) {
    throw new ArgumentError(
      message(
        op,
        "the file holds weights but no architecture",
        "Build the model yourself and load the weights: model.loadStateDict(await loadWeights(path)).",
      ),
    );
  }
  const { [FORMAT_KEY]: format, ...rest } = ownMetadata(metadata);
  const architecture = architectureIn(op, format);
  const model = new Rebuilder(op, custom, tensors).rebuild(architecture);
  if (!(model instanceof Model)) {
    throw new ArgumentError(
      message(op, `the file describes ${/^[AEIO]/.test(architecture.type) ? "an" : "a"} ${shortened(architecture.type)}; expected a model`),
    );
  }
  model.metadata = rest;
  return model;
}
