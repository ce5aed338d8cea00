import { ArgumentError, GraphError, ShapeError } from "../errors/errors.js";
import { didYouMean, kindText, message, shapeText, shortened } from "../errors/message.js";
import { Parameter } from "../graph/parameter.js";
import { isMap } from "../options/builtin.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag } from "../options/kinds.js";
import { isPlain } from "../options/plain.js";
import { checkTensor, operandText } from "../tensor/check.js";
import { type Shape, sameShape } from "../tensor/shape.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { typeOf } from "./architecture.js";
import { build, isLazy, isModule, place } from "./forward.js";
import type { Module } from "./module.js";
import { join, stateKey, walk } from "./walk.js";

/** What a module holds in numbers: its parameters and buffers under PyTorch's names. */

const LOAD_STATE_DICT = declare("loadStateDict", {
  /** false ignores missing and unexpected entries. Default true. */
  strict: flag({ default: true }),
});

/** Options of `loadStateDict`. */
export interface LoadStateDictOptions extends OptionsOf<typeof LOAD_STATE_DICT> {}

/** The most names that an error lists. */
const MOST_NAMED = 5;

/** A tensor, or what a file says of one before its elements are read. */
export interface Described {
  readonly shape: Shape;
}

/** Tensors by name. */
export type StateDict = Map<string, Tensor> | Record<string, Tensor>;

/**
 * Parameters and buffers in order of their fields, shared ones under each of their names.
 * @throws GraphError for a lazy layer that is not built
 */
export function stateOf(module: Module): Map<string, Parameter> {
  place(module);
  const found = new Map<string, Parameter>();
  collect(module, "", found, []);
  return found;
}

function collect(module: Module, prefix: string, found: Map<string, Parameter>, above: readonly Module[]): void {
  // A module that holds the one it is in would never end.
  if (above.includes(module)) return;
  if (!module.built && isLazy(module)) throw unbuilt(module, prefix);
  walk(module, (name, value) => {
    if (isModule(value)) return true;
    if (!(value instanceof Tensor)) return false;
    if (value instanceof Parameter) found.set(stateKey(join(prefix, name)), value);
    return true;
  });
  for (const [name, child] of module.children()) collect(child, join(prefix, name), found, [...above, module]);
}

function unbuilt(module: Module, path: string): GraphError {
  return new GraphError(
    message(
      "parameters",
      `${typeOf(module)}${path ? ` at "${path}"` : ""} is not built: its parameters depend on the shape of its input`,
      "Run one forward, call build(inputShape), or give inputShape to the layer.",
    ),
  );
}

/** Copies of all parameters and buffers; what is shared is one tensor under each of its names. */
export function copyState(module: Module): Map<string, Tensor> {
  const state = new Map<string, Tensor>();
  const copies = new Map<Tensor, Tensor>();
  for (const [name, value] of stateOf(module)) {
    const copy = copies.get(value) ?? new Tensor(dataStorage(value.dtype, value.storage.copyOut(), "stateDict"), value.shape);
    copies.set(value, copy);
    state.set(name, copy);
  }
  return state;
}

/**
 * Overwrites parameters and buffers, after building the lazy layers whose state tells what they were built for.
 * @throws ArgumentError, ShapeError; nothing is changed
 */
export function loadState(module: Module, state: StateDict, options?: LoadStateDictOptions): { missing: string[]; unexpected: string[] } {
  const { strict } = LOAD_STATE_DICT.readOptions(options);
  const given = entriesOf(state);
  const built = buildFrom(module, given);
  try {
    const { differences, pairs } = compare(stateOf(module), given, strict);
    for (const [value, source] of pairs) value.storage.write(source.view(), "loadStateDict");
    return differences;
  } catch (error) {
    for (const layer of built) Object.assign(layer, { built: false, builtFor: null });
    throw error;
  }
}

/**
 * The parameters and buffers of a module that is built, each with what a state has for it.
 * @throws ArgumentError, ShapeError unless they are the same, of the same shapes
 */
export function matched<T extends Described>(module: Module, given: ReadonlyMap<string, T>): readonly (readonly [Parameter, T])[] {
  return compare(stateOf(module), given, true).pairs;
}

/** @throws ArgumentError unless the state is a Map or an object of tensors */
function entriesOf(state: unknown): Map<string, Tensor> {
  if (!isMap(state) && !isPlain(state)) {
    const what = `the state is ${operandText(state)}; expected a Map or an object of tensors by name`;
    throw new ArgumentError(message("loadStateDict", what, "Pass what stateDict() or loadWeights(path) gave."));
  }
  const given = isMap<string, Tensor>(state) ? state : new Map(Object.entries(state));
  for (const [name, value] of given) checkTensor("loadStateDict", shortened(String(name)), value);
  return given;
}

/** @returns the lazy layers that were built */
function buildFrom(root: Module, given: ReadonlyMap<string, Tensor>): Module[] {
  const built: Module[] = [];
  for (const [path, module] of root.namedModules()) {
    if (module.built || !isLazy(module)) continue;
    const prefix = path === "" ? "" : `${stateKey(path)}.`;
    const own = [...given].filter(([name]) => name.startsWith(prefix)).map(([name, value]) => [name.slice(prefix.length), value] as const);
    const shape = module.inputShapeFrom(module.hooks.computed?.told(new Map(own)) ?? new Map(own));
    if (shape === null) continue;
    build(module, shape);
    built.push(module);
  }
  return built;
}

/** @throws ArgumentError naming missing and unexpected entries if that is wanted, ShapeError naming those of another shape */
function compare<T extends Described>(own: ReadonlyMap<string, Parameter>, given: ReadonlyMap<string, T>, strict: boolean) {
  // What is shared may stand in a file under one of its names only.
  const loaded = new Set([...own].filter(([name]) => given.has(name)).map(([, value]) => value));
  const missing = [...own].filter(([, value]) => !loaded.has(value)).map(([name]) => name);
  const unexpected = [...given.keys()].filter((name) => !own.has(name));
  if (strict && missing.length + unexpected.length > 0) {
    const lines = [
      missing.length > 0 ? `missing ${list(missing)}` : "",
      unexpected.length > 0 ? `unexpected ${list(unexpected)}` : "",
    ].filter(Boolean);
    const hint = unexpected.length > 0 ? didYouMean(unexpected[0], [...own.keys()]) : "";
    const other = lines.length > 1 ? " renameWeights(state, rules) gives other names." : "";
    throw new ArgumentError(message("loadStateDict", lines.join("; "), `Pass strict: false to load the rest.${other}${hint}`));
  }
  const named = [...own].flatMap(([name, value]) => (given.has(name) ? [[name, value, given.get(name) as T] as const] : []));
  const misshaped = named.filter(([, value, source]) => !sameShape(source.shape, value.shape));
  if (misshaped.length > 0) {
    const texts = misshaped.map(
      ([name, value, source]) => `${shortened(name)} is ${shapeText(source.shape)}, expected ${shapeText(value.shape)}`,
    );
    const more = texts.length > MOST_NAMED ? ` and ${texts.length - MOST_NAMED} more` : "";
    throw new ShapeError(message("loadStateDict", texts.slice(0, MOST_NAMED).join("; ") + more));
  }
  return { differences: { missing, unexpected }, pairs: named.map(([, value, source]) => [value, source] as const) };
}

function list(names: string[]): string {
  const shown = names.slice(0, MOST_NAMED).map((name) => kindText(name));
  return shown.join(", ") + (names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : "");
}
