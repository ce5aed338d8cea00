import { ArgumentError, ShapeError, SimdgradError } from "../errors/errors.js";
import { didYouMean, kindText, message, shapeText, shortened } from "../errors/message.js";
import { ACTIVATIONS, type Activate, isActivation, savedActivation } from "../nn/activations.js";
import { type Architecture, isLibraryLayer, typeOf } from "../nn/architecture.js";
import { INITIALIZERS } from "../nn/drawn.js";
import { build, isModule } from "../nn/forward.js";
import { input } from "../nn/input.js";
import { Layer, type LayerClass, type StateShapes } from "../nn/layer.js";
import * as common from "../nn/layers/common.js";
import { Module } from "../nn/module.js";
import { knowOperations } from "../nn/operations.js";
import { type Reparameterized, reparameterize, type WeightRule } from "../nn/reparameterization.js";
import type { Described } from "../nn/state.js";
import { join, stateKey } from "../nn/walk.js";
import { weightNormRule as weightNorm } from "../nn/weightNorm.js";
import { weightStandardizationRule as weightStandardization } from "../nn/weightStandardization.js";
import type { AnyDeclaration } from "../options/declare.js";
import { Names } from "../options/names.js";
import { isPlain } from "../options/plain.js";
import { argumentsOf } from "../options/settings.js";
import { type Shape, sameShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Model } from "./model.js";
import { Sequential } from "./sequential.js";

/** A class that is called with what its `config()` gave, or whose `fromConfig` is. */
// biome-ignore-start lint/suspicious/noExplicitAny: constructors take what they take
export type ModuleClass = (new (...args: any[]) => Module) | { fromConfig(config: any): Module };
/** Classes by type, and activations. What stands beside them, such as the builders of simdgrad/models, is not called. */
export type Custom = Readonly<Record<string, ModuleClass | ((...args: any[]) => Module | Tensor)>>;
// biome-ignore-end lint/suspicious/noExplicitAny: until here

/** The library's layers by type. */
export const LAYERS: Names<LayerClass> = new Names("layer", layersByType(common));

/** How weights are computed, by name. */
export const WEIGHT_RULES: Names<(options: unknown) => WeightRule> = new Names("rule", { weightNorm, weightStandardization });

/** Classes of layers by the types that files name. */
export function layersByType(layers: object): Record<string, LayerClass> {
  const classes = Object.values(layers as Record<string, LayerClass>);
  return Object.fromEntries(classes.map((found) => [found.declaration.op, found]));
}

/** @throws ArgumentError for a rule that the library does not have, or with options that it does not take */
function ruleOf({ by, options }: Reparameterized): WeightRule {
  const rules = WEIGHT_RULES.table;
  if (Object.hasOwn(rules, by)) return rules[by](options);
  throw new ArgumentError(`its weight is computed by ${kindText(by)}; known: ${Object.keys(rules).join(", ")}.`);
}

/** A layer's config without initializers that a bundle does not know: the values are in the file. */
function withKnownInitializers({ all }: AnyDeclaration, config: unknown): unknown {
  const isKnown = (spec: unknown): boolean => {
    const name = (spec as { name?: unknown } | null)?.name ?? spec;
    return typeof name !== "string" || name === "auto" || Object.hasOwn(INITIALIZERS.table, name);
  };
  if (!isPlain(config)) return config;
  return Object.fromEntries(Object.entries(config).filter(([option, value]) => !all[option]?.initial || isKnown(value)));
}

/** The shapes of a layer's state where its weight is computed by a rule. */
function shapesBy(rule: WeightRule | undefined, shapes: StateShapes): StateShapes {
  const { weight, ...others } = shapes;
  return rule === undefined || weight == null ? shapes : { ...others, ...rule.shapes(weight) };
}

/**
 * Makes modules that a file describes. A layer of the library is held against the file's tensors before it is made, so that a file
 * makes nothing larger than itself.
 */
export class Rebuilder {
  readonly #layers = LAYERS.table;
  readonly #custom: Custom;

  /**
   * @param op the name in errors
   * @param custom classes of the user's, by type
   * @param tensors the file's
   */
  constructor(
    private readonly op: string,
    custom: Custom,
    private readonly tensors: ReadonlyMap<string, Described>,
  ) {
    for (const [type, found] of Object.entries(custom)) {
      if (typeof found !== "function") throw new ArgumentError(message(op, `custom.${type} is ${kindText(found)}; expected a class`));
    }
    this.#custom = custom;
    // A bundle knows few activations by name: a program passes those that its files name.
    const activations: Record<string, Activate> = {};
    for (const found of Object.values<unknown>(custom)) if (isActivation(found)) activations[savedActivation(found) as string] = found;
    ACTIVATIONS.add(activations, false);
    knowOperations(activations);
  }

  /** @param path the module's place in the model, "" for the model itself @throws ArgumentError, ShapeError */
  rebuild(described: Architecture, path = ""): Module {
    const module = this.#make(described, path);
    if (!isModule(module)) {
      throw new ArgumentError(message(this.op, `the class of ${kindText(described.type)} made ${kindText(module)}; expected a Module`));
    }
    const { reparameterized } = described;
    // A class of the user's may have done so by itself.
    if (reparameterized !== undefined && module.hooks.computed === null) {
      this.#named(path, typeOf(module), () => reparameterize(module, ruleOf(reparameterized)));
    }
    if (described.builtFor !== undefined) build(module, described.builtFor);
    for (const [inside, shape] of Object.entries(described.below ?? {})) {
      const found = module.namedModules().get(inside);
      // What is not there any more is missed by name when the numbers are loaded.
      if (found === undefined) continue;
      const place = join(path, inside);
      this.#named(place, typeOf(found), () => {
        if (found instanceof Layer && isLibraryLayer(found)) {
          this.#checkState(shapesBy(found.hooks.computed?.rule, found.stateShapesFor(shape)), place);
        }
        build(found, shape);
      });
    }
    return module;
  }

  #make(described: Architecture, path: string): Module {
    const { type, config } = described;
    if (type === Sequential.type) return this.#sequential(described, path);
    if (type === Model.type && described.inputs !== undefined) return this.#functional(described, path);
    if (Object.hasOwn(this.#custom, type)) {
      const found = this.#custom[type] as ModuleClass;
      return "fromConfig" in found ? found.fromConfig(config) : new found(config);
    }
    if (!Object.hasOwn(this.#layers, type)) throw this.#unknown(type);
    if (type === common.Residual.declaration.op) return this.#residual(described, path);
    const found = this.#layers[type];
    return this.#named(path, type, () => {
      const { declaration } = found;
      const args = argumentsOf(declaration, withKnownInitializers(declaration, config));
      const settings = declaration.read(args);
      const { inputShape } = settings as { inputShape?: Shape };
      const input = inputShape === undefined ? described.builtFor : [1, ...inputShape];
      const isLazy = found.prototype.build !== Module.prototype.build;
      if (isLazy && input === undefined) throw new ArgumentError("the file does not tell what it was built for.");
      const rule = described.reparameterized && ruleOf(described.reparameterized);
      this.#checkState(shapesBy(rule, found.stateShapes(settings, input ?? [])), path);
      return new found(...(args as never[]));
    });
  }

  /** @throws ArgumentError, ShapeError unless the file holds the tensors that a layer is going to have */
  #checkState(shapes: StateShapes, path: string): void {
    for (const [field, shape] of Object.entries(shapes)) {
      if (shape === null) continue;
      const name = stateKey(join(path, field));
      const given = this.tensors.get(name);
      if (given === undefined) throw new ArgumentError(`the file holds no tensor ${kindText(name)}; expected one of ${shapeText(shape)}.`);
      if (sameShape(given.shape, shape)) continue;
      throw new ShapeError(`the file's tensor ${kindText(name)} is ${shapeText(given.shape)}; expected ${shapeText(shape)}.`);
    }
  }

  #sequential({ layers = [] }: Architecture, path: string): Sequential {
    const made: Module[] = [];
    for (const [i, layer] of layers.entries())
      made.push(layer.same === undefined ? this.rebuild(layer, join(path, String(i))) : made[layer.same]);
    return this.#named(path, Sequential.type, () => new Sequential(made));
  }

  #residual({ config, layers = [] }: Architecture, path: string): Module {
    const { Residual } = common;
    return this.#named(path, Residual.declaration.op, () => {
      const [body, shortcut = null] = layers.map((layer, i) => this.rebuild(layer, join(path, i === 0 ? "body" : "shortcut")));
      const [, options] = argumentsOf(Residual.declaration, config);
      return new Residual(body, { ...(options as object), shortcut });
    });
  }

  #functional({ layers = [], inputs = [], dtypes = [], steps = [], outputs = [], outputNames }: Architecture, path: string): Model {
    const modules = layers.map((layer, i) => this.rebuild(layer, join(path, String(i))));
    return this.#named(path, Model.type, () => {
      const symbols = inputs.map((shape, i) => input(shape, { dtype: dtypes[i] }));
      for (const [i, { layer, operands, results = 1 }] of steps.entries()) {
        const module = modules[layer];
        const made = module.resultsIn(module.forward(...module.argumentsOf(operands.map((position) => symbols[position]))));
        symbols.push(...made);
        if (made.length === results) continue;
        throw new ArgumentError(
          message("steps", `step ${i} (${typeOf(modules[layer])}) has ${made.length} results; the file says ${results}`),
        );
      }
      const made = outputs.map((position) => symbols[position]);
      const named = outputNames && Object.fromEntries(outputNames.map((name, i) => [name, made[i]]));
      return new Model({ inputs: symbols.slice(0, inputs.length), outputs: named ?? made });
    });
  }

  /** What goes wrong with a layer's settings and shapes is the file's fault: the error names file and layer. */
  #named<T>(path: string, type: string, make: () => T): T {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof SimdgradError)) throw error;
      const place = path === "" ? `the file's model (${shortened(type)})` : `the file's layer ${kindText(path)} (${shortened(type)})`;
      const Kind = error instanceof ShapeError ? ShapeError : ArgumentError;
      throw new Kind(`${this.op}: ${place}: ${error.message}`);
    }
  }

  #unknown(type: string): ArgumentError {
    const known = [...Object.keys(this.#layers), ...Object.keys(this.#custom)];
    const mend = `Pass its class: { custom: { ${shortened(type)} } }.${didYouMean(type, known)}`;
    return new ArgumentError(message(this.op, `unknown layer type ${kindText(type)}`, mend));
  }
}
