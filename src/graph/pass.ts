import * as kernels from "../kernels/generated.js";
import { Storage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { mode } from "./mode.js";
import type { Node } from "./node.js";
import { Parameter } from "./parameter.js";

/** The place to which a fused backward writes a gradient: out = beta · out + gradient. */
export interface Destination {
  /** Byte address of out. */
  readonly at: number;
  /** 0: the content of out is undefined and is overwritten. 1: the gradient is added to out. */
  readonly beta: 0 | 1;
}

/** Tells whether the gradient of an operand is wanted in a run of backprop. */
export type Wanted = (input: Tensor) => boolean;

/** Receives a gradient of a leaf. */
export type Sink = (leaf: Tensor, gradient: Tensor) => void;

/**
 * The visit of a node in backprop, as a fused backward sees it: the gradient of the result, and a place for each wanted gradient.
 * Gradients of parameters are written to the places where they accumulate, so that nothing is copied.
 */
export class BackwardPass<N extends string = string> {
  /** The gradient of the result, in linear memory. */
  g!: Tensor;
  node!: Node;
  readonly #after: [Tensor, Tensor][] = [];
  /** Parameters whose first gradient is being written in this visit. */
  readonly #begun: Parameter[] = [];

  constructor(
    private readonly isWanted: Wanted,
    readonly sink: Sink,
    /** Whether gradients of parameters are written to their places in the arena; false when they are collected for `grad()`. */
    readonly direct: boolean,
  ) {}

  /** Whether the gradient of operand `name` is wanted. */
  wanted(name: N): boolean {
    const input = this.operand(name);
    return input !== null && this.isWanted(input);
  }

  /**
   * A tensor of g's shape that may be overwritten: g itself, unless something else still reads it. In `a + b`, for example, both
   * operands have the same tensor as their gradient.
   */
  spent(): Tensor {
    return ownsAlone(this.g) ? this.g : this.fresh(this.g);
  }

  /** The place for the gradient of operand `name`, which must be wanted. Write it before the next call of `into` or `whole`. */
  into(name: N): Destination {
    const input = this.operand(name) as Tensor;
    if (input.origin === null) {
      if (this.direct && input instanceof Parameter && input.gradient === null) {
        const { at } = input.gradientStorage();
        input.leaveGradient();
        if (input.hasGradient) return { at, beta: 1 };
        input.hasGradient = true;
        this.#begun.push(input);
        return { at, beta: 0 };
      }
    } else {
      const { pending } = input.origin as Node;
      if (pending !== null && ownsAlone(pending)) return { at: pending.at, beta: 1 };
    }
    return { at: this.whole(name).at, beta: 0 };
  }

  /** A place for the gradient of operand `name`, for kernels that cannot add. They overwrite it; earlier gradients are added afterwards. */
  whole(name: N): { readonly at: number } {
    const input = this.operand(name) as Tensor;
    const origin = input.origin as Node | null;
    const fresh = this.fresh(input);
    if (origin !== null && origin.pending === null) {
      origin.pending = fresh;
      fresh.storage.hold();
    } else this.#after.push([input, fresh]);
    return fresh;
  }

  /** Ends the visit: adds the gradients that could not be written to their final places. */
  finish(): void {
    for (const [input, gradient] of this.#after) this.deliver(input, gradient);
    this.#after.length = 0;
    this.#begun.length = 0;
  }

  /** After an error: parameters whose first gradient may be incomplete have no gradient. */
  abandon(): void {
    for (const parameter of this.#begun) parameter.hasGradient = false;
  }

  /** Adds `gradient` to the gradient of `input` computed so far. */
  deliver(input: Tensor, gradient: Tensor): void {
    const origin = input.origin as Node | null;
    if (origin === null) {
      this.sink(input, gradient);
      return;
    }
    const { pending } = origin;
    if (pending === null) {
      gradient.storage.hold();
      origin.pending = gradient;
    } else if (ownsAlone(pending)) {
      if (gradient.at === 0) (mode.scope as NonNullable<typeof mode.scope>).borrow(gradient.storage);
      kernels.accumulate({ x: gradient.at, out: pending.at }, 0, pending.size, pending.dtype);
    } else {
      const sum = this.fresh(pending);
      if (gradient.at === 0) (mode.scope as NonNullable<typeof mode.scope>).borrow(gradient.storage);
      kernels.copy({ x: pending.at, out: sum.at }, 0, sum.size, sum.dtype);
      kernels.accumulate({ x: gradient.at, out: sum.at }, 0, sum.size, sum.dtype);
      sum.storage.hold();
      pending.storage.drop();
      origin.pending = sum;
    }
  }

  private operand(name: N): Tensor | null {
    return this.node.named[name] ?? null;
  }

  private fresh(like: Tensor): Tensor {
    const storage = new Storage(like.dtype, like.size, this.node.operation.name);
    storage.allocate();
    mode.scope?.own(storage);
    return new Tensor(storage, like.shape);
  }
}

/** Whether a pending gradient may be changed in place, because nothing else holds it. */
function ownsAlone(pending: Tensor): boolean {
  const { storage } = pending;
  return storage.holders === 1 && !storage.permanent && storage.host === null;
}
