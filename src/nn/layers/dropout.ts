import { recorder } from "../../kernels/recorder.js";
import { type DropoutMask, dropout, MASK_BYTES, writeMask } from "../../ops/dropout.js";
import { checkTensor, floating } from "../../ops/operands.js";
import { declare } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Layer } from "../layer.js";
import { Stream } from "../stream.js";

const DROPOUT = declare(
  "Dropout",
  {},
  {
    p: number({
      default: 0.5,
      min: 0,
      max: 1,
      mend: (value) => {
        if (typeof value === "number") return value > 1 && value <= 100 ? `${value} percent are ${value / 100}.` : undefined;
        return typeof value === "object" ? "Write new Dropout(0.2)." : undefined;
      },
    }),
  },
);

/**
 * Sets elements to 0 at random and divides the others by 1 − p, in training; in evaluation nothing. What falls depends on the
 * seed, the layer's place in the model and how often it has run in training, and on nothing else. Srivastava et al., JMLR 15,
 * 2014, with the scale in training.
 * Shape:     any → same
 * @param p probability of dropping, 0 … 1, default 0.5
 * @throws ArgumentError
 * @example new Sequential([new Dense(512, { activation: "relu" }), new Dropout(0.2), new Dense(10)])
 */
export class Dropout extends Layer<typeof DROPOUT> {
  static override readonly declaration = DROPOUT;
  static override readonly moving = [...Layer.moving, "count"];
  /** @internal forwards in training under the seed in force */
  count = 0;
  readonly #masks = new Stream(this, "dropout", "p");

  constructor(p?: number) {
    super(arguments.length, p);
  }

  /** Probability of dropping. It may be set between steps. */
  get p(): number {
    return this.settings.p;
  }

  set p(p: number) {
    this.change({ p });
  }

  forward(x: Tensor): Tensor {
    checkTensor("Dropout", "x", x);
    const mask = this.mask();
    return mask === null ? x : dropout(floating(x), mask);
  }

  /** @internal what falls in the next forward, for layers that drop elements while they compute them; null: nothing */
  mask(): DropoutMask | null {
    if (!this.training) return null;
    const { p } = this;
    recorder?.surround({ fits: () => this.p === p, guards: "p of Dropout" });
    if (p === 0) return null;
    return { p, ...this.#masks.draw({ bytes: MASK_BYTES, write: (cell, counter) => writeMask(cell, p, counter) }) };
  }
}
