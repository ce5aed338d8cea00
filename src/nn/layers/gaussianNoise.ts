import { declare } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Noisy } from "../noisy.js";

const GAUSSIAN_NOISE = declare("GaussianNoise", {}, { std: number({ required: true, min: 0, aka: ["stddev", "sigma"] }) });
const GAUSSIAN_DROPOUT = declare("GaussianDropout", {}, { p: number({ default: 0.5, min: 0, below: 1, aka: ["rate"] }) });

/**
 * Adds normal noise: y = x + std · ε with ε ~ N(0, 1), in training; in evaluation nothing. As Keras's GaussianNoise.
 * Shape:     any → same
 * @param std standard deviation of the noise, ≥ 0
 * @throws ArgumentError
 * @example new Sequential([new GaussianNoise(0.1), new Dense(10)])
 */
export class GaussianNoise extends Noisy<typeof GAUSSIAN_NOISE> {
  static override readonly declaration = GAUSSIAN_NOISE;

  constructor(std: number) {
    super(arguments.length, std);
  }

  /** Standard deviation of the noise. It may be set between steps. */
  get std(): number {
    return this.settings.std;
  }

  set std(std: number) {
    this.change({ std });
  }

  protected disturb(x: Tensor): Tensor {
    const std = this.guarded(() => this.std, "std");
    return std === 0 ? x : x.add(this.draw(x, x.shape, "normal").mul(std));
  }
}

/**
 * Multiplies by normal noise of mean 1: y = x · (1 + √(p/(1 − p)) · ε) with ε ~ N(0, 1), in training; in evaluation nothing. Mean and
 * variance are those of `Dropout(p)`, and no element is lost. As Keras's GaussianDropout. Srivastava et al., JMLR 15, 2014, section 10.
 * Shape:     any → same
 * @param p probability of dropping of the dropout that has the same variance, 0 ≤ p < 1, default 0.5
 * @throws ArgumentError
 * @example new Sequential([new Dense(64, { activation: "relu" }), new GaussianDropout(0.2), new Dense(10)])
 */
export class GaussianDropout extends Noisy<typeof GAUSSIAN_DROPOUT> {
  static override readonly declaration = GAUSSIAN_DROPOUT;

  constructor(p?: number) {
    super(arguments.length, p);
  }

  /** The probability whose variance the noise has. It may be set between steps. */
  get p(): number {
    return this.settings.p;
  }

  set p(p: number) {
    this.change({ p });
  }

  protected disturb(x: Tensor): Tensor {
    const p = this.guarded(() => this.p, "p");
    return p === 0
      ? x
      : x.mul(
          this.draw(x, x.shape, "normal")
            .mul(Math.sqrt(p / (1 - p)))
            .add(1),
        );
  }
}
