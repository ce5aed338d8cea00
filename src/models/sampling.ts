import { Layer } from "../nn/layer.js";
import { Stream } from "../nn/stream.js";
import { COUNTER_BYTES, noise, writeCounter } from "../ops/noise.js";
import { checkTensor } from "../ops/operands.js";
import { declare } from "../options/declare.js";
import type { Tensor } from "../tensor/tensor.js";

const SAMPLING = declare("Sampling", {});

/**
 * A sample of a normal distribution, through which gradients flow: z = μ + σ · ε, where ε is drawn anew at each forward in training; in
 * evaluation z = μ. Kingma and Welling, arXiv 1312.6114, 2013: the reparameterisation.
 * Shape:     μ and log σ² of one shape → same
 * @example new Sampling().eval().forward(tensor([1, 2]), tensor([0, 0]))   // [1, 2]
 */
export class Sampling extends Layer<typeof SAMPLING> {
  static override readonly type = "Sampling";
  static override readonly capturable = true;
  static override readonly declaration = SAMPLING;
  static override readonly moving = [...Layer.moving, "count"];
  /** @internal forwards in training under the seed in force */
  count = 0;
  readonly #noise = new Stream(this, "sampling", "noise");

  constructor() {
    super(arguments.length);
  }

  forward(mean: Tensor, logVariance: Tensor): Tensor {
    checkTensor("Sampling", "mean", mean);
    checkTensor("Sampling", "logVariance", logVariance);
    if (!this.training) return mean;
    const draw = this.#noise.draw({ bytes: COUNTER_BYTES, write: writeCounter });
    const epsilon = noise(mean, { shape: mean.shape, distribution: "normal", ...draw });
    return mean.add(logVariance.mul(0.5).exp().mul(epsilon));
  }
}
