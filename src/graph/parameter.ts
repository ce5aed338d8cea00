import { DTypeError, MemoryError } from "../errors/errors.js";
import { bytesText, message, shapeText } from "../errors/message.js";
import * as kernels from "../kernels/generated.js";
import { recorder } from "../kernels/recorder.js";
import { parameterArena, type Slot } from "../memory/arena.js";
import { registerHolders } from "../memory/holders.js";
import { memoryLimit } from "../memory/memory.js";
import { BYTES, blockView, type FloatArray } from "../memory/views.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag } from "../options/kinds.js";
import { checkTensor } from "../tensor/check.js";
import { isFloating } from "../tensor/dtype.js";
import { type Shape, sizeOf } from "../tensor/shape.js";
import { Storage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { type Constraint, type Penalty, ruleChanged } from "./weightRule.js";

/** Frees the places of parameters. Storages are registered, not parameters, since a reshaped or detached parameter shares the place. */
const registry = new FinalizationRegistry<Slot>((slot) => parameterArena.free(slot));

registerHolders(() =>
  [...parameterArena.slots].map(({ name, bytes, chunk }) => ({
    kind: "parameters",
    what: name,
    bytes: chunk.hasSister ? 2 * bytes : bytes,
  })),
);

const PARAMETER = declare("Parameter", {
  /** Whether it is trained; false freezes it. Default true. */
  requiresGrad: flag({ default: true, aka: ["trainable"] }),
});

/** Whether the parameter that is made is written at its first use: a large model that is merely looked at touches no memory. */
let drawing = false;

/** Options of `Parameter`. */
export interface ParameterOptions extends OptionsOf<typeof PARAMETER> {}

/**
 * A tensor that is trained. It is placed in the parameter arena when it is made and never moves, so that optimizers run over
 * contiguous memory. Its gradient lies at the same offset of a sister chunk.
 *
 * @param value a tensor with the initial elements, which are copied
 * @param options.requiresGrad default true; false freezes it
 * @throws DTypeError for an integer or bool value, unless frozen
 * @example
 * const w = new Parameter(randn([10, 784]));
 */
export class Parameter extends Tensor {
  /** @internal */
  readonly slot: Slot;
  /** @internal whether the gradient's place holds a gradient; zeroGrad only clears this flag */
  hasGradient = false;
  #path = "";
  #gradientStorage: Storage | null = null;
  #shown: Tensor | null = null;
  #penalty: Penalty | null | undefined;
  #constraint: Constraint | null | undefined;

  constructor(value: Tensor, options?: ParameterOptions) {
    checkArity("Parameter", arguments.length, 2);
    checkTensor("Parameter", "the value", value);
    const { requiresGrad } = PARAMETER.readOptions(options);
    if (requiresGrad && !isFloating(value.dtype)) {
      throw new DTypeError(
        message("Parameter", `the value has dtype ${value.dtype}; only float32 and float64 have gradients`, "Pass requiresGrad: false."),
      );
    }
    if (!drawing && value.storage.at === 0 && value.storage.host === null) throw value.storage.releasedError();
    const storage = new Storage(value.dtype, value.size, "Parameter");
    const slot = parameterArena.place(storage.bytes, storage.bytes);
    storage.at = slot.at;
    storage.permanent = true;
    super(storage, value.shape);
    if (!drawing) blockView(value.dtype, slot.at, value.size).set(value.storage.readable());
    slot.name = `Parameter ${shapeText(value.shape)}`;
    this.slot = slot;
    this.requiresGrad = requiresGrad;
    registry.register(storage, slot);
  }

  /**
   * A parameter whose elements are drawn at their first use.
   * @param draw writes the elements, which are zeros before. Its second argument is the parameter's path, "" outside of a model
   * @internal
   */
  static drawn(shape: Shape, draw: (elements: FloatArray, path: string) => void): Parameter {
    const bytes = sizeOf(shape) * BYTES.float32;
    if (bytes > memoryLimit()) {
      const limit = `linear memory holds ${bytesText(memoryLimit())}`;
      throw new MemoryError(
        message("Parameter", `shape ${shapeText(shape)} takes ${bytesText(bytes)}; ${limit}`, "Make the layer smaller."),
      );
    }
    const value = new Tensor(new Storage("float32", sizeOf(shape), "Parameter"), shape);
    drawing = true;
    let parameter: Parameter;
    try {
      parameter = new Parameter(value);
    } finally {
      drawing = false;
    }
    const { storage } = parameter;
    storage.lazy = () => {
      const elements = new Float32Array(sizeOf(shape));
      draw(elements, parameter.path);
      blockView("float32", storage.at, elements.length).set(elements);
    };
    return parameter;
  }

  /** Path in the model ("fc1.weight"), known once the model has listed its parameters. It is part of the seed of the initial elements. */
  get path(): string {
    return this.#path;
  }

  set path(path: string) {
    this.#path = path;
    if (path !== "") this.slot.name = `${path} ${shapeText(this.shape)}`;
  }

  /**
   * What `fit` and `penaltyOf` add to the loss for this parameter, for example `l2(1e-4)`; null: nothing. Undefined: nothing of its own, so
   * that the penalty of the layer or of the model holds.
   */
  get penalty(): Penalty | null | undefined {
    return this.#penalty;
  }

  set penalty(penalty: Penalty | null | undefined) {
    this.#penalty = penalty;
    ruleChanged();
  }

  /** What becomes of the parameter behind each step of an optimizer, for example `maxNorm(3)`; null: nothing. Undefined: what its layer says. */
  get constraint(): Constraint | null | undefined {
    return this.#constraint;
  }

  set constraint(constraint: Constraint | null | undefined) {
    this.#constraint = constraint;
    ruleChanged();
  }

  /**
   * The accumulated gradient; null until the first `backward()` that reaches the parameter, and after it is cleared. A gradient that was
   * read keeps its elements: `backward()` writes the next one, or the sum, elsewhere. Clipping changes it in place.
   */
  override get grad(): Tensor | null {
    recorder?.meets(this);
    if (!this.hasGradient) return null;
    // A gradient that can be differentiated again is a result of the graph, not in the arena.
    if (this.gradient !== null) return this.gradient;
    if (this.#shown === null) this.#shown = new Tensor(this.#placedGradient(), this.shape);
    return this.#shown;
  }

  /** Sets the gradient to a copy of a tensor; null clears it. @throws ShapeError, DTypeError, ArgumentError */
  override set grad(value: Tensor | null) {
    recorder?.meets(this);
    this.gradient = null;
    if (value === null) {
      this.hasGradient = false;
      return;
    }
    this.checkGrad(value);
    recorder?.refuse("a gradient is set from JavaScript");
    // The gradient's place is made first: that may grow memory, and a view made before would be invalid.
    const { at } = this.gradientStorage();
    if (value !== this.#shown) {
      this.leaveGradient();
      blockView(this.dtype, at, this.size).set(value.storage.readable());
    }
    if (value.origin !== null && value.requiresGrad) this.gradient = value;
    this.hasGradient = true;
  }

  /** @internal the gradient's storage in the arena, made at first use */
  gradientStorage(): Storage {
    if (this.#gradientStorage === null) this.#gradientStorage = this.#placedGradient();
    return this.#gradientStorage;
  }

  #placedGradient(): Storage {
    const { chunk, at } = this.slot;
    const storage = new Storage(this.dtype, this.size, "gradient");
    storage.at = chunk.sister() + (at - chunk.at);
    storage.permanent = true;
    storage.companion = this.storage;
    return storage;
  }

  /**
   * @internal to be called before a gradient is written to its place, unless it changes the one that is there: a gradient that was
   * read keeps its elements elsewhere
   */
  leaveGradient(): void {
    if (this.#shown === null) return;
    this.#shown.storage.moveOut();
    this.#shown = null;
  }

  /** @internal notes that `op` changed the gradient in place */
  gradientChanged(op: string): void {
    this.gradientStorage().changed(op);
    this.#shown?.storage.changed(op);
    // What could be differentiated again was the gradient before the change.
    this.gradient = null;
  }

  /** @internal adds `t` to the gradient; `t` must be in linear memory and have this parameter's shape */
  accumulate(t: Tensor): void {
    const { at } = this.gradientStorage();
    this.leaveGradient();
    if (this.hasGradient) kernels.accumulate({ x: t.at, out: at }, 0, this.size, this.dtype);
    else kernels.copy({ x: t.at, out: at }, 0, this.size, this.dtype);
    this.hasGradient = true;
    this.gradient = null;
  }
}
