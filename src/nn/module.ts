import { COPY } from "../errors/copy.js";
import type { Parameter } from "../graph/parameter.js";
import type { TensorSpec } from "../graph/rehearse.js";
import type { DType } from "../memory/views.js";
import { checkArity } from "../options/arity.js";
import { declare } from "../options/declare.js";
import { callable, flag, text } from "../options/kinds.js";
import { type OptionSpec, option } from "../options/option.js";
import { isFloating } from "../tensor/dtype.js";
import { checkShape, type Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Architecture, typeOf } from "./architecture.js";
import { Buffer } from "./buffer.js";
import { intercept, isLazy, isModule } from "./forward.js";
import type { ComputedWeight } from "./reparameterization.js";
import { copyState, type LoadStateDictOptions, loadState, type StateDict, stateOf } from "./state.js";
import { join, walk } from "./walk.js";

const NAMED_MODULES = declare("namedModules", {}, { prefix: text({}) });
const REGISTER = declare(
  "register",
  {},
  {
    name: text({ required: true }),
    module: option<Module, OptionSpec<Module> & { required: true }>("a module", isModule, { required: true }),
  },
);
const TRAIN = declare("train", {}, { training: flag({}) });
const TRAINABLE = declare("trainable", {}, { trainable: flag({ required: true }) });
const PRE_HOOK = declare(
  "registerForwardPreHook",
  {},
  { hook: callable<ForwardPreHook>()("a function of a module and its inputs", { required: true }) },
);
const HOOK = declare(
  "registerForwardHook",
  {},
  { hook: callable<ForwardHook>()("a function of a module, its inputs and its output", { required: true }) },
);

export type ForwardPreHook = (module: Module, inputs: unknown[]) => unknown[] | undefined;
export type ForwardHook = (module: Module, inputs: unknown[], output: unknown) => unknown;

/**
 * Base of all layers and models: a function with parameters. Assign parameters, buffers and other modules to fields (also inside
 * arrays, plain objects and Maps) and write `forward`; everything else finds them there.
 *
 * @example
 * class Net extends Module {
 *   fc1 = new Linear(784, 128);
 *   fc2 = new Linear(128, 10);
 *   forward(x) { return this.fc2.forward(this.fc1.forward(x).relu()); }
 * }
 */
export abstract class Module {
  /**
   * Fields that change by themselves from step to step: a captured step is replayed nevertheless. A class of your own that counts
   * its calls writes `static override moving = [...Module.moving, "calls"]`. These are the mode, which a capture guards, and what the
   * first forward notes.
   */
  static readonly moving: readonly string[] = ["training", "built", "builtFor"];
  /**
   * The type under which a saved model names modules of the class, and `loadModel` finds it: `static override readonly type = "Scale"`.
   * Default: the name of the class, which bundlers may change. A class does not inherit it.
   */
  declare static readonly type?: string;
  /** Whether `fit` and `predict` may capture modules of the class: its forward does the same each time. A class does not inherit it. */
  declare static readonly capturable?: boolean;
  /** Whether dropout drops and batch statistics are taken; set by `train` and `eval`. */
  training = true;
  /** Whether `build` has run. */
  built = false;
  /** @internal the shape that `build` was called with, so that a saved model can be built again */
  builtFor: Shape | null = null;
  /** @internal place in the model, "" at its root; set when the model is walked */
  path = "";
  /** @internal */
  readonly hooks: { before: ForwardPreHook[]; after: ForwardHook[]; hidden: Map<string, Module>; computed: ComputedWeight | null } = {
    before: [],
    after: [],
    hidden: new Map(),
    computed: null,
  };

  constructor() {
    intercept(this, this.build !== Module.prototype.build);
    // Hooks are no part of what is walked, printed or compared.
    Object.defineProperty(this, "hooks", { enumerable: false });
  }

  /** @internal tells this copy of the library from another one that is loaded too */
  get simdgradCopy(): object {
    return COPY;
  }

  /** What the module computes. Called through one wrapper that builds lazy layers and runs hooks. */
  // biome-ignore lint/suspicious/noExplicitAny: layers take what they take; subclasses narrow it
  abstract forward(...inputs: any[]): any;

  /** Creates the parameters of a lazy layer; called once, before the first forward, with the shape of its first input. */
  build(_inputShape: Shape): void {}

  /** The shape of the result for an input shape, if it can be told without computing. */
  outputShape(inputShape: Shape, ..._others: Shape[]): Shape {
    return checkShape("outputShape", inputShape);
  }

  /** @internal shapes and types of the results, of which there may be several, for the inputs' */
  resultSpecs(inputs: readonly TensorSpec[]): TensorSpec[] {
    const [first, ...others] = inputs.map(({ shape }) => shape);
    return [{ shape: this.outputShape(first, ...others), dtype: this.resultType(inputs[0].dtype) }];
  }

  /**
   * The one tensor that a Sequential passes on of what forward returned. Default: the result itself. A layer whose forward returns more,
   * such as the states of an LSTM, tells which of it the next layer reads.
   */
  // biome-ignore lint/suspicious/noExplicitAny: it takes what forward returns
  passedOn(result: any): Tensor {
    return result;
  }

  /** @internal what forward returns, made of its results in a list */
  resultOf(results: readonly Tensor[]): unknown {
    return results.length === 1 ? results[0] : results;
  }

  /** @internal the results in a list, as `resultSpecs` tells them */
  // biome-ignore lint/suspicious/noExplicitAny: it takes what forward returns
  resultsIn(result: any): Tensor[] {
    return [result].flat();
  }

  /** @internal the arguments of forward for operands in a list */
  argumentsOf(operands: readonly Tensor[]): unknown[] {
    return [...operands];
  }

  /** @internal the operands in a list among arguments of forward */
  operandsIn(args: readonly unknown[]): unknown[] {
    return args.flat();
  }

  /** @internal the type of the result for that of the first input */
  protected resultType(dtype: DType): DType {
    return isFloating(dtype) ? dtype : "float32";
  }

  /** The extents of one sample that the module takes, without the batch, as far as it can tell; null: it cannot. */
  expects(): Shape | null {
    return (this as { inputShape?: Shape }).inputShape ?? this.builtFor?.slice(1) ?? null;
  }

  /** Makes a module known that sits in a `#private` field. @returns the module */
  register<M extends Module>(name: string, module: M): M {
    REGISTER.read(arguments);
    this.hooks.hidden.set(name, module);
    return module;
  }

  /** The module without its numbers: type, and the constructor's arguments if it has a `config()`. */
  describe(): Architecture {
    const described: Architecture = { type: typeOf(this) };
    const { config } = this as { config?: () => unknown };
    if (config !== undefined) described.config = config.call(this);
    if (this.builtFor !== null) described.builtFor = this.builtFor;
    if (this.hooks.computed !== null) described.reparameterized = this.hooks.computed.rule.described;
    const lazy = [...this.namedModules()].filter(([path, module]) => path !== "" && module.builtFor !== null && isLazy(module));
    if (lazy.length > 0) described.below = Object.fromEntries(lazy.map(([path, module]) => [path, module.builtFor as Shape]));
    return described;
  }

  /** Modules directly below, with their names. */
  children(): Map<string, Module> {
    const found = new Map<string, Module>();
    walk(this, (name, value) => {
      if (!(value instanceof Module)) return false;
      found.set(name, value);
      return true;
    });
    for (const [name, module] of this.hooks.hidden) found.set(name, module);
    return found;
  }

  /** This module and all below, each once, with their paths. */
  namedModules(prefix = ""): Map<string, Module> {
    checkArity("namedModules", arguments.length, 1);
    NAMED_MODULES.read([prefix]);
    const found = new Map<Module, string>();
    collect(this, prefix, found);
    return new Map([...found].map(([module, path]) => [path, module]));
  }

  /** Parameters with their PyTorch names ("fc1.weight"), shared ones once. @throws GraphError for a lazy layer that is not built */
  namedParameters(): Map<string, Parameter> {
    checkArity("namedParameters", arguments.length, 0);
    return named(this, (value) => (value instanceof Buffer ? null : value));
  }

  /** All parameters, each once. @throws GraphError for a lazy layer that is not built @example new Adam(net.parameters()) */
  parameters(): Parameter[] {
    checkArity("parameters", arguments.length, 0);
    return [...this.namedParameters().values()];
  }

  /** Tensors that are state but not trained, such as running means. */
  namedBuffers(): Map<string, Buffer> {
    checkArity("namedBuffers", arguments.length, 0);
    return named(this, (value) => (value instanceof Buffer ? value : null));
  }

  /** Switches this module and all below to training. @returns this */
  train(training = true): this {
    checkArity("train", arguments.length, 1);
    TRAIN.read([training]);
    for (const module of this.namedModules().values()) module.training = training;
    return this;
  }

  /** Switches this module and all below to evaluation. @returns this */
  eval(): this {
    checkArity("eval", arguments.length, 0);
    return this.train(false);
  }

  /** Forgets all gradients. */
  zeroGrad(): void {
    checkArity("zeroGrad", arguments.length, 0);
    for (const parameter of this.parameters()) parameter.grad = null;
  }

  /** Whether the parameters are trained; `freeze` sets it on all. */
  set trainable(value: boolean) {
    TRAINABLE.read([value]);
    for (const parameter of this.parameters()) parameter.requiresGrad = value;
  }

  get trainable(): boolean {
    return this.parameters().some((parameter) => parameter.requiresGrad);
  }

  /** Stops training of all parameters. @returns this */
  freeze(): this {
    checkArity("freeze", arguments.length, 0);
    this.trainable = false;
    return this;
  }

  /** Takes training of all parameters up again. @returns this */
  unfreeze(): this {
    checkArity("unfreeze", arguments.length, 0);
    this.trainable = true;
    return this;
  }

  /** Calls `hook` before each forward; an array that it returns replaces the inputs. @returns a function that removes it */
  registerForwardPreHook(hook: ForwardPreHook): () => void {
    PRE_HOOK.read(arguments);
    return add(this.hooks.before, hook);
  }

  /** Calls `hook` after each forward; a value that it returns replaces the output. @returns a function that removes it */
  registerForwardHook(hook: ForwardHook): () => void {
    HOOK.read(arguments);
    return add(this.hooks.after, hook);
  }

  /**
   * Copies of all parameters and buffers under PyTorch's names and layouts; what is shared stands under each of its names, as one
   * tensor. Unlike PyTorch's, they do not change when training goes on.
   * @throws GraphError for a lazy layer that is not built
   */
  stateDict(): Map<string, Tensor> {
    checkArity("stateDict", arguments.length, 0);
    return copyState(this);
  }

  /**
   * Overwrites parameters and buffers. Lazy layers that are not built yet are built for what the state tells: the width of a Dense.
   * @param state tensors under the names of `stateDict`
   * @param options.strict false ignores missing and unexpected entries; default true
   * @returns the names that were missing and unexpected
   * @throws ArgumentError naming missing and unexpected entries, ShapeError naming those of another shape; nothing is changed
   */
  loadStateDict(state: StateDict, options?: LoadStateDictOptions): { missing: string[]; unexpected: string[] } {
    checkArity("loadStateDict", arguments.length, 2);
    return loadState(this, state, options);
  }

  /**
   * What a lazy layer was built for, as its state tells: `loadStateDict` builds it so. Null: the state does not tell.
   * @param _state tensors by the layer's own names
   */
  inputShapeFrom(_state: ReadonlyMap<string, Tensor>): Shape | null {
    return null;
  }
}

/** Parameters that `pick` picks, in order of their fields, each once. */
function named<T extends Parameter>(model: Module, pick: (value: Parameter) => T | null): Map<string, T> {
  const found = new Map<string, T>();
  const seen = new Set<Parameter>();
  for (const [name, value] of stateOf(model)) {
    const picked = seen.has(value) ? null : pick(value);
    seen.add(value);
    if (picked !== null) found.set(name, picked);
  }
  return found;
}

/** Adds a module and all below that are not there yet. */
function collect(module: Module, path: string, found: Map<Module, string>): void {
  if (found.has(module)) return;
  found.set(module, path);
  for (const [name, child] of module.children()) collect(child, join(path, name), found);
}

function add<H>(hooks: H[], hook: H): () => void {
  hooks.push(hook);
  return () => {
    const at = hooks.indexOf(hook);
    if (at >= 0) hooks.splice(at, 1);
  };
}
