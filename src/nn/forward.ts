import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { beginAttempt, endAttempt, undoAttempt } from "../graph/attempt.js";
import { mode } from "../graph/mode.js";
import { Parameter } from "../graph/parameter.js";
import { enterLayer, observer } from "../kernels/observer.js";
import { type Recorder, recorder } from "../kernels/recorder.js";
import { tooMany } from "../options/arity.js";
import { checkTensor } from "../tensor/check.js";
import { checkShape, type Shape } from "../tensor/shape.js";
import type { ReleaseCause } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { isLibraryLayer, typeOf } from "./architecture.js";
import type { Module } from "./module.js";
import { regularize } from "./regularization.js";
import { isSymbolic, trace } from "./symbolic.js";
import { stateKey, walk } from "./walk.js";

/** Modules whose forward is running, outermost first. */
const running: Module[] = [];

type Forward = (...inputs: unknown[]) => unknown;

const intercepted = new WeakSet<object>();

const lazy = new WeakSet<Module>();

/** Modules known below each outermost module, from its last walk. */
const known = new WeakMap<Module, Set<Module>>();

/**
 * Replaces a module's forward by the one point through which every forward goes: build, paths, hooks; and build by what runs it once.
 * @param hasBuild whether its class has a `build` of its own
 */
export function intercept(module: Module, hasBuild: boolean): void {
  if (hasBuild) lazy.add(module);
  const { forward, build } = module as unknown as { forward: Forward; build: (inputShape: Shape) => void };
  // A user's forward takes what it likes. A forward with a rest parameter has length 0.
  const most = isLibraryLayer(module) && forward.length > 0 ? forward.length : Number.POSITIVE_INFINITY;
  const wrapper = (...inputs: unknown[]): unknown => {
    if (inputs.length > most) throw tooMany(typeOf(module), inputs.length, most);
    return call(module, forward, inputs);
  };
  intercepted.add(wrapper);
  Object.defineProperty(module, "forward", { value: wrapper, configurable: true, writable: true, enumerable: false });
  const once = (inputShape: Shape): void => {
    if (module.built) return;
    checkShape(typeOf(module), inputShape);
    build.call(module, inputShape);
    module.built = true;
    module.builtFor = inputShape;
  };
  Object.defineProperty(module, "build", { value: once, configurable: true, writable: true, enumerable: false });
}

function call(module: Module, forward: Forward | undefined, inputs: unknown[]): unknown {
  if (forward === undefined)
    throw new ArgumentError(message(typeOf(module), "it has no forward", "Write it as a method: forward(x) { … }."));
  for (let i = 0; i < inputs.length; i++) if (!(inputs[i] instanceof Tensor) && isSymbolic(inputs[i])) return trace(module, inputs);
  if (running.length > 0 || !mode.recording) return carryOut(module, forward, inputs);
  const since = beginAttempt();
  try {
    return carryOut(module, forward, inputs);
  } catch (error) {
    undoAttempt(since, failed(module));
    throw error;
  } finally {
    endAttempt();
  }
}

function failed(module: Module): ReleaseCause {
  return { why: () => `the forward of ${typeOf(module)} that made it threw an error` };
}

function carryOut(module: Module, forward: Forward, inputs: unknown[]): unknown {
  attach(module);
  if (!module.built) {
    const [first] = inputs;
    // A module of the user's may take a list of tensors.
    if (isLazy(module) && !(Array.isArray(first) && first[0] instanceof Tensor)) checkTensor(typeOf(module), "x", first);
    build(module, first instanceof Tensor ? first.shape : []);
    nameParameters(module);
  }
  if (recorder !== null) guard(module, recorder);
  const { before, after, computed } = module.hooks;
  let given = inputs;
  // A hook may remove itself.
  if (before.length > 0) for (const hook of [...before]) given = hook(module, given) ?? given;
  running.push(module);
  if (observer !== null) enterLayer(module.path);
  let output: unknown;
  try {
    output = computed === null ? forward.apply(module, given) : computed.during(() => forward.apply(module, given));
  } finally {
    running.pop();
    if (observer !== null) enterLayer(running.at(-1)?.path ?? "");
  }
  if (after.length > 0) for (const hook of [...after]) output = hook(module, given, output) ?? output;
  return output;
}

/** What a recorded forward depends on beside its operands. */
function guard(module: Module, recording: Recorder): void {
  const { training, hooks } = module;
  const isHooked = (): boolean => hooks.before.length + hooks.after.length > 0;
  if (isHooked()) recording.refuse(`a hook of ${typeOf(module)} runs JavaScript of its own`);
  recording.surround({
    fits: () => module.training === training && !isHooked(),
    guards: `the mode (train or eval) or a hook of ${typeOf(module)}`,
  });
}

/** Gives all modules below an outermost one their paths, and refuses modules that the walk cannot find. */
function attach(module: Module): void {
  const root = running[0] ?? module;
  if (known.get(root)?.has(module)) return;
  place(root);
  if (known.get(root)?.has(module)) return;
  throw new ArgumentError(
    message(
      typeOf(module),
      `forward was called inside ${typeOf(root)}, which does not know this module: it would not be trained, saved or switched by train() and eval()`,
      "Assign it to a field, an array, a plain object or a Map of the model, or register() it if the field is #private.",
    ),
  );
}

/**
 * Gives all modules and parameters of a model their paths. The path of a model that is part of a larger one stands in front of them.
 * @throws ArgumentError for a forward that is an arrow function in a field
 */
export function place(root: Module): void {
  const found = root.namedModules(root.path);
  const seen = new Set<Parameter>();
  for (const [path, member] of found) {
    if (!intercepted.has(member.forward)) throw arrowForward(member);
    member.path = path;
    nameParameters(member, seen);
  }
  known.set(root, new Set(found.values()));
}

/**
 * Builds a lazy layer for the shape of an input. The extent of the batch does not matter. A layer that could be built without an input, for [],
 * notes the first that it meets.
 */
export function build(module: Module, inputShape: Shape): void {
  if (module.built) {
    if (module.builtFor?.length === 0) module.builtFor = inputShape;
    return;
  }
  module.build(inputShape);
  module.built = true;
  module.builtFor = inputShape;
}

/**
 * Gives the parameters of a module their paths and what their layer says of their size. Paths seed their initial values. A shared parameter has the path where it is met
 * first; a parameter whose values were drawn keeps its path.
 */
function nameParameters(module: Module, seen: Set<Parameter> = new Set()): void {
  walk(module, (name, value) => {
    if (value instanceof Parameter && !seen.has(value)) {
      seen.add(value);
      if (value.path === "" || value.storage.lazy !== null) value.path = stateKey(module.path === "" ? name : `${module.path}.${name}`);
      regularize(module, name, value);
    }
    return value instanceof Tensor || isModule(value);
  });
}

function arrowForward(module: Module): ArgumentError {
  const text = "forward is an arrow function in a field, which hides it from hooks, lazy layers and scopes";
  return new ArgumentError(message(typeOf(module), text, "Write it as a method: forward(x) { … }."));
}

/** Told by a method, since this file cannot import the class. */
export function isModule(value: unknown): value is Module {
  return typeof (value as Module | null)?.namedModules === "function";
}

/** Whether a module's class makes its parameters in a `build` of its own. */
export function isLazy(module: Module): boolean {
  return lazy.has(module);
}
