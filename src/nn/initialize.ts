import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import type { Parameter } from "../graph/parameter.js";
import { assign } from "../ops/inplace.js";
import { checkArity } from "../options/arity.js";
import { checkFunction } from "../tensor/check.js";
import { tensor } from "../tensor/creation.js";
import { currentSeed } from "../tensor/seed.js";
import { type ActivationSpec, activationOf, type LayerActivation } from "./activations.js";
import { fansOf, type InitializerSpec, initializerOf, placeOf } from "./drawn.js";
import { isModule } from "./forward.js";
import type { Module } from "./module.js";
import { stateKey } from "./walk.js";

/**
 * Gives parameters of a module that is there already their initial values anew. They are those of layers that are made with this
 * initializer under the current seed. Nothing changes in a frozen parameter but its elements.
 * @param initializer its name, its name with options, a function, or "auto": for each layer what suits its own option `activation`; a
 * layer behind it, such as ReLU, is not looked at
 * @param filter which parameters; default those with two axes or more, which are weights of layers, and no biases and scales
 * @returns the names of the parameters, as `namedParameters` has them
 * @throws ArgumentError for what is no module, no initializer or no function; GraphError for a lazy layer that is not built
 * @example
 * const net = new Sequential([new Linear(8, 16), new ReLU(), new Linear(16, 2)]);
 * initialize(net, { name: "heNormal", mode: "fanOut" });
 * initialize(net, "zeros", (_, name) => name.endsWith("bias"));
 */
export function initialize(
  module: Module,
  initializer: InitializerSpec,
  filter: (parameter: Parameter, name: string) => boolean = isWeight,
): string[] {
  checkArity("initialize", arguments.length, 3);
  checkModule("initialize", module);
  checkFunction("initialize", "the filter", filter, 'initialize(module, "heNormal", (parameter, name) => name.endsWith("weight"))');
  initializerOf("initialize", "initializer", initializer);
  const parameters = [...module.namedParameters()].filter(([name, parameter]) => filter(parameter, name));
  const owners = new Map([...module.namedModules()].map(([path, owner]) => [stateKey(path), owner]));
  const seed = currentSeed();
  for (const [name, parameter] of parameters) {
    const { shape, path } = parameter;
    const owner = owners.get(name.slice(0, Math.max(0, name.lastIndexOf("."))));
    const elements = new Float32Array(parameter.size);
    const site = { ...fansOf(shape), shape, stream: placeOf("init", path, seed), seed };
    initializerOf("initialize", "initializer", initializer, activationIn(owner))(elements, site);
    assign(parameter, tensor(elements, { shape }));
  }
  return parameters.map(([name]) => name);
}

/** @throws ArgumentError unless `value` is a module */
export function checkModule(op: string, value: unknown): asserts value is Module {
  if (!isModule(value)) throw new ArgumentError(message(op, `the module is ${kindText(value)}; expected a layer or a model`));
}

function isWeight({ rank }: Parameter): boolean {
  return rank >= 2;
}

/** What a layer applies to its result, if it has such an option. */
function activationIn(owner: Module | undefined): LayerActivation | undefined {
  const spec = (owner as { settings?: { activation?: ActivationSpec | null } } | undefined)?.settings?.activation;
  return spec == null ? undefined : activationOf("initialize", spec);
}
