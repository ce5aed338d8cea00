import { COPY } from "../errors/copy.js";
import { ArgumentError, DTypeError, ShapeError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import { registerHolders } from "../memory/holders.js";
import type { DType, NumberArray } from "../memory/views.js";
import { checkArity } from "../options/arity.js";
import { type NestedNumbers, nest, tensorText } from "./format.js";
import type { Shape } from "./shape.js";
import { sameShape, sizeOf } from "./shape.js";
import type { ReleaseCause, Storage } from "./storage.js";

/** The record that the graph keeps of the operation that made a tensor. */
export interface Origin {
  /** Why the memory of the result was given back; null while it is live. */
  readonly released: ReleaseCause | null;
}

/** The storages of pinned tensors. */
const pinned = new Set<Storage>();
registerHolders(() => [...pinned].map((storage) => storage.holder()));

/** Drops the block of a pinned tensor that the garbage collector has taken. */
const pins = new FinalizationRegistry<Storage>(release);

function release(storage: Storage): void {
  if (--storage.pins === 0) pinned.delete(storage);
  storage.drop();
}

/** The properties of a tensor that are known without its elements. */
export type TensorMeta = Pick<Tensor, "shape" | "dtype" | "size">;

/**
 * An array of numbers with a shape, contiguous and row-major. A tensor of data lives in JS memory. A result of operations lives in
 * linear memory and belongs to the graph that recorded it (see `backward`, `noGrad`, `retain`).
 *
 * The operations are methods too: `x.add(y)`, `x.matmul(w)`, …
 *
 * @example
 * const t = tensor([[1, 2], [3, 4]]);
 * t.shape;       // [2, 2]
 * t.toArray();   // [[1, 2], [3, 4]]
 */
export class Tensor {
  readonly shape: Shape;
  /** The number of elements. */
  readonly size: number;
  requiresGrad = false;
  /** @internal the operation that made it; null for data, parameters and detached tensors */
  origin: Origin | null = null;
  /** @internal */
  gradient: Tensor | null = null;
  /** @internal the graphs that read this leaf */
  uses: object | null = null;

  /** @internal use `tensor`, `zeros`, … */
  constructor(
    /** @internal */ readonly storage: Storage,
    shape: Shape,
  ) {
    if (!Array.isArray(shape)) throw new ArgumentError(message("Tensor", "a tensor is not made with new", "Write tensor([1, 2, 3])."));
    this.shape = shape;
    this.size = sizeOf(shape);
  }

  /** @internal tells this copy of the library from another one that is loaded too */
  get simdgradCopy(): object {
    return COPY;
  }

  get dtype(): DType {
    return this.storage.dtype;
  }

  /** The number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** @internal byte address of the elements while an operation runs */
  get at(): number {
    return this.storage.at;
  }

  /** The accumulated gradient; null until the first `backward()` that reaches this tensor. */
  get grad(): Tensor | null {
    return this.gradient;
  }

  /** Sets the gradient; null clears it. @throws ShapeError, DTypeError, ArgumentError unless it is a tensor of this shape and element type */
  set grad(value: Tensor | null) {
    this.checkGrad(value);
    this.gradient = value;
  }

  /** @internal */
  protected checkGrad(value: Tensor | null): void {
    if (value === null) return;
    if (!(value instanceof Tensor))
      throw new ArgumentError(message("grad", `the gradient is ${kindText(value)}; expected a tensor or null`));
    if (!sameShape(value.shape, this.shape)) {
      throw new ShapeError(message("grad", `a gradient of shape ${shapeText(value.shape)} for a tensor of shape ${shapeText(this.shape)}`));
    }
    if (value.dtype !== this.dtype) throw new DTypeError(message("grad", `a gradient of ${value.dtype} for a tensor of ${this.dtype}`));
  }

  /** Whether the tensor is not the result of a recorded operation, but was made by the user or needs no gradient. */
  get isLeaf(): boolean {
    return this.origin === null || !this.requiresGrad;
  }

  /** A copy of the elements in an ordinary typed array, row-major. @throws ReleasedError */
  get data(): NumberArray {
    return this.storage.copyOut();
  }

  /** A copy of the elements as nested arrays; a number for a scalar. Elements of a bool tensor are 0 and 1. @throws ReleasedError */
  toArray(): NestedNumbers {
    checkArity("toArray", arguments.length, 0);
    return nest(this.storage.readable(), this.shape);
  }

  /**
   * The elements in place, without a copy. The view is valid until the next operation, since linear memory may grow and blocks are
   * used again. Only read from it: a write bypasses every check, and may reach only one of two copies. To write, use `assign`.
   * @throws ReleasedError
   */
  view(): NumberArray {
    checkArity("view", arguments.length, 0);
    return this.storage.readable();
  }

  /** The only element as a number; a bool as 0 or 1. @throws ShapeError unless the tensor has exactly one element; ReleasedError */
  item(): number {
    checkArity("item", arguments.length, 0);
    if (this.size !== 1) {
      throw new ShapeError(
        message("item", `a tensor of shape ${shapeText(this.shape)} holds ${this.size} elements; expected one`, "Use toArray()."),
      );
    }
    return this.storage.read(0);
  }

  /** Keeps the elements readable after the graph gives its memory back: they move to JS memory then. @returns this */
  retain(): this {
    checkArity("retain", arguments.length, 0);
    if (this.storage.at === 0 && this.storage.host === null) throw this.storage.releasedError();
    this.storage.keep = true;
    return this;
  }

  /** Keeps a copy in linear memory until `unpin`, so that a tensor that many steps use is not uploaded in each. @returns this */
  pin(): this {
    checkArity("pin", arguments.length, 0);
    if (!this.#pinned) {
      this.storage.hold();
      this.storage.keep = true;
      this.#pinned = true;
      this.storage.pins++;
      pinned.add(this.storage);
      pins.register(this, this.storage, this);
    }
    return this;
  }

  /** Ends `pin`. @returns this */
  unpin(): this {
    checkArity("unpin", arguments.length, 0);
    if (this.#pinned) {
      this.#pinned = false;
      pins.unregister(this);
      release(this.storage);
    }
    return this;
  }

  #pinned = false;

  toString(): string {
    return tensorText(this);
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return tensorText(this);
  }

  /** `{ dtype, shape, data }` with flat elements. JSON has no NaN and ±∞ and writes null for them. @throws ReleasedError */
  toJSON(): { dtype: DType; shape: Shape; data: number[] } {
    return { dtype: this.dtype, shape: this.shape, data: Array.from(this.storage.readable()) };
  }
}
