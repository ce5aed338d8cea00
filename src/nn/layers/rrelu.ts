import { checkSlopes, randomlySloped, rrelu } from "../../ops/activations/sloped.js";
import { COUNTER_BYTES, noise, writeCounter } from "../../ops/noise.js";
import { checkTensor, floating } from "../../ops/operands.js";
import { declare } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Layer } from "../layer.js";
import { Stream } from "../stream.js";

const RRELU = declare(
  "RReLU",
  {},
  { lower: number({ default: 1 / 8, mend: () => "Write new RReLU(0.125, 0.333)." }), upper: number({ default: 1 / 3 }) },
);

/**
 * y = x where x > 0, else slope · x. In training a slope is drawn for each element from U(lower, upper); in evaluation it is their mean.
 * What is drawn depends on the seed, the layer's place in the model and how often it has run in training. Xu et al., arXiv 1505.00853.
 * Shape:     any → same
 * @param lower the least slope, finite, default 1/8
 * @param upper the greatest slope, finite, ≥ lower, default 1/3
 * @throws ArgumentError
 * @example new RReLU(0.1, 0.3).eval().forward(tensor([-2, 2]))   // [-0.4, 2]
 */
export class RReLU extends Layer<typeof RRELU> {
  static override readonly declaration = RRELU;
  static override readonly moving = [...Layer.moving, "count"];
  /** @internal forwards in training under the seed in force */
  count = 0;
  readonly #slopes = new Stream(this, "rrelu", "slopes");

  constructor(lower?: number, upper?: number) {
    super(arguments.length, lower, upper);
    checkSlopes("RReLU", this.settings.lower, this.settings.upper);
  }

  forward(x: Tensor): Tensor {
    checkTensor("RReLU", "x", x);
    const { lower, upper } = this.settings;
    if (!this.training) return rrelu(x, { lower, upper });
    const given = floating(x);
    const draw = this.#slopes.draw({ bytes: COUNTER_BYTES, write: writeCounter });
    return randomlySloped(given, noise(given, { shape: given.shape, distribution: "uniform", ...draw }), lower, upper);
  }
}
