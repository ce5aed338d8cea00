import { recorder } from "../kernels/recorder.js";
import { COUNTER_BYTES, noise, writeCounter } from "../ops/noise.js";
import { checkTensor, floating } from "../ops/operands.js";
import type { AnyDeclaration } from "../options/declare.js";
import { number } from "../options/kinds.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Layer } from "./layer.js";
import { Stream } from "./stream.js";

/** The probability with which something falls. */
export const PROBABILITY = {
  p: number({
    default: 0.5,
    min: 0,
    max: 1,
    mend: (value) => (typeof value === "number" && value > 1 ? "1 drops everything." : undefined),
  }),
};

/**
 * A layer that disturbs its input in training, and does nothing in evaluation. What it draws depends on the seed, the layer's place in the
 * model and how often it has run in training, and on nothing else.
 */
export abstract class Noisy<D extends AnyDeclaration> extends Layer<D> {
  static override readonly moving = [...Layer.moving, "count"];
  /** @internal forwards in training under the seed in force */
  count = 0;
  readonly #stream = new Stream(this, this.op, "noise");

  forward(x: Tensor): Tensor {
    checkTensor(this.op, "x", x);
    return this.training ? this.disturb(floating(x)) : x;
  }

  /** The result in training. */
  protected abstract disturb(x: Tensor): Tensor;

  /** Random numbers of x's element type. */
  protected draw(x: Tensor, shape: Shape, distribution: "uniform" | "normal"): Tensor {
    return noise(x, { shape, distribution, ...this.#stream.draw({ bytes: COUNTER_BYTES, write: writeCounter }) });
  }

  /** true with probability 1 − p. */
  protected kept(x: Tensor, shape: Shape, p: number): Tensor {
    return this.draw(x, shape, "uniform").ge(p);
  }

  /** What the next forward reads of the settings: a captured step is recorded anew where it has changed. */
  protected guarded(read: () => number, name: string): number {
    const value = read();
    recorder?.surround({ fits: () => read() === value, guards: `${name} of ${this.op}` });
    return value;
  }
}

/** A layer that drops something with a probability. */
export abstract class Dropping<D extends AnyDeclaration> extends Noisy<D> {
  /** Probability of dropping. It may be set between steps. */
  get p(): number {
    return (this.settings as unknown as { p: number }).p;
  }

  set p(p: number) {
    this.change({ p } as never);
  }

  protected override disturb(x: Tensor): Tensor {
    const p = this.guarded(() => this.p, "p");
    return p === 0 || x.size === 0 ? x : this.drop(x, p);
  }

  /** @param p above 0 */
  protected abstract drop(x: Tensor, p: number): Tensor;
}

/** What is kept, divided by 1 − p, and 0 elsewhere: the expectation stays x. */
export function inverted(x: Tensor, kept: Tensor, p: number): Tensor {
  return p === 1 ? x.mul(0) : kept.where(x.div(1 - p), 0);
}
