import { checkOptions } from "../errors/check.js";
import { ArgumentError } from "../errors/errors.js";
import { didYouMean, kindText, message } from "../errors/message.js";
import { readFile } from "../io/file.js";
import { parseSafetensors } from "../io/safetensors.js";
import type { Architecture } from "../nn/architecture.js";
import { build } from "../nn/forward.js";
import { Layer, type LayerClass } from "../nn/layer.js";
import * as library from "../nn/layers.js";
import type { Module } from "../nn/module.js";
import { SymbolicTensor } from "../nn/symbolic.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { FORMAT_KEY, FORMAT_VERSION, Model } from "./model.js";
import { Sequential } from "./sequential.js";

// biome-ignore lint/suspicious/noExplicitAny: constructors take what they take
export type ModuleClass = new (config?: any) => Module;

export interface LoadOptions {
  /**
   * The classes of your own layers and models, by their `static type` or name. Each is called with what its `config()` gave, or has
   * a static `fromConfig` that is.
   */
  custom?: Record<string, ModuleClass>;
}

/**
 * Rebuilds a model that `save` wrote, architecture and numbers. Optimizer, loss and metrics are no part of it: compile it anew.
 * @param path of a file, or a file: URL
 * @param options.custom the classes of your own layers and models, by their `static type` or name
 * @throws ArgumentError for an unknown layer or a file without an architecture, and every error of the strict reader
 * @example
 * await model.save("digits.safetensors");
 * const again = await loadModel("digits.safetensors");
 */
export async function loadModel<M extends Module = Model>(path: string | URL, options: LoadOptions = {}): Promise<M> {
  checkOptions("loadModel", options, ["custom"]);
  return restore<M>("loadModel", await readFile(path, "loadModel"), options);
}

/**
 * The same from bytes, as `serialize` gives them.
 * @throws ArgumentError, and every error of the strict reader
 * @example const copy = deserializeModel(model.serialize());
 */
export function deserializeModel<M extends Module = Model>(bytes: Uint8Array, options: LoadOptions = {}): M {
  checkOptions("deserializeModel", options, ["custom"]);
  return restore<M>("deserializeModel", bytes, options);
}

/**
 * The tensors of a safetensors file, e.g. one that PyTorch made.
 * @param path of a file, or a file: URL
 * @example
 * await saveWeights("net.safetensors", net.stateDict());
 * net.loadStateDict(await loadWeights("net.safetensors"));
 */
export async function loadWeights(path: string | URL): Promise<Map<string, Tensor>> {
  return parseSafetensors(await readFile(path, "loadWeights")).tensors;
}

/** The versions that are read; what version 1 called by other names stands in the declarations, as `formerly`. */
const READS: readonly number[] = [1, FORMAT_VERSION];

function restore<M extends Module>(op: string, bytes: Uint8Array, { custom = {} }: LoadOptions): M {
  const { tensors, metadata } = parseSafetensors(bytes);
  if (metadata[FORMAT_KEY] === undefined) {
    throw new ArgumentError(
      message(
        op,
        "the file holds weights but no architecture",
        "Build the model yourself and load the weights: model.loadStateDict(await loadWeights(path)).",
      ),
    );
  }
  const { version, architecture } = headerOf(op, metadata[FORMAT_KEY]);
  if (!READS.includes(version))
    throw new ArgumentError(
      message(op, `the file has version ${kindText(version)}; this simdgrad reads ${READS.join(" and ")}`, "Update simdgrad."),
    );
  const model = new Rebuilder(op, custom).rebuild(architecture);
  model.loadStateDict(tensors);
  return model as M;
}

function headerOf(op: string, text: string): { version: number; architecture: Architecture } {
  try {
    return JSON.parse(text);
  } catch {
    throw new ArgumentError(message(op, "the architecture in the file is damaged: it is no JSON"));
  }
}

/** Makes modules that were described. */
class Rebuilder {
  readonly #known: Record<string, ModuleClass>;

  constructor(
    private readonly op: string,
    custom: Record<string, ModuleClass>,
  ) {
    for (const [type, found] of Object.entries(custom)) {
      if (typeof found !== "function") throw new ArgumentError(message(op, `custom.${type} is ${kindText(found)}; expected a class`));
    }
    this.#known = { ...libraryClasses(), ...custom };
  }

  rebuild(described: Architecture): Module {
    const module = this.#make(described);
    if (described.builtFor) build(module, described.builtFor);
    const inside = described.below ? module.namedModules() : null;
    for (const [path, shape] of Object.entries(described.below ?? {})) {
      const found = inside?.get(path);
      // What is not there any more is missed when the numbers are loaded, by name.
      if (found !== undefined) build(found, shape);
    }
    return module;
  }

  #make(described: Architecture): Module {
    const { type, config, layers = [] } = described;
    if (type === Sequential.type) {
      const made: Module[] = [];
      for (const layer of layers) made.push(layer.same === undefined ? this.rebuild(layer) : made[layer.same]);
      return new Sequential(made);
    }
    if (type === Model.type && described.inputs) return this.#functional(described);
    const found = Object.hasOwn(this.#known, type) ? this.#known[type] : undefined;
    if (found === undefined) {
      throw new ArgumentError(
        message(
          this.op,
          `unknown layer type "${type}"`,
          `Pass its class: { custom: { ${type} } }.${didYouMean(type, Object.keys(this.#known))}`,
        ),
      );
    }
    const { fromConfig } = found as unknown as { fromConfig?: (config: unknown) => Module };
    return fromConfig ? fromConfig.call(found, config) : new found(config);
  }

  #functional(described: Architecture): Model {
    const modules = (described.layers ?? []).map((layer) => this.rebuild(layer));
    const symbols = (described.inputs as Shape[]).map((shape) => new SymbolicTensor(shape, null, []));
    const inputs = [...symbols] as unknown as Tensor[];
    for (const { layer, operands } of described.steps ?? [])
      symbols.push(modules[layer].forward(...operands.map((position) => symbols[position])));
    return new Model({ inputs, outputs: (described.outputs ?? []).map((position) => symbols[position] as unknown as Tensor) });
  }
}

function isLayerClass(value: unknown): value is LayerClass {
  return typeof value === "function" && value.prototype instanceof Layer;
}

/** The library's layers by type: whatever the registry exports is known. */
function libraryClasses(): Record<string, ModuleClass> {
  const classes: Record<string, ModuleClass> = {};
  for (const value of Object.values(library) as unknown[]) {
    if (isLayerClass(value)) classes[value.declaration.op] = value as unknown as ModuleClass;
  }
  return classes;
}
