import { Sequential } from "../model/sequential.js";
import { binaryCrossEntropy, Dense, Flatten, Reshape } from "../nn/index.js";
import { activation, sampleShape } from "../nn/options.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, count, number } from "../options/kinds.js";
import { checkValue } from "../options/option.js";
import { randn } from "../tensor/random.js";
import { type Shape, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Network } from "./network.js";
import { Sampling } from "./sampling.js";
import { denseLayers, widths } from "./widths.js";

const VARIATIONAL_AUTOENCODER = declare("VariationalAutoencoder", {
  /** Extents of one sample, without the batch. Required. */
  inputShape: sampleShape({ required: true }),
  /** Units of the encoder's hidden layers; the decoder has them in reverse. Default [128]. */
  hidden: widths({ default: [128] }),
  /** Numbers that a sample is reduced to. Default 8. */
  code: count({ default: 8, aka: ["latentDim", "latent", "codeSize"] }),
  /** Behind each hidden layer. Default "relu". */
  activation: activation({ default: "relu" }),
  /** What the decoder's numbers tell of an element: "bernoulli" its logit, for samples from 0 to 1; "gaussian" its mean. Default "bernoulli". */
  likelihood: choice(["bernoulli", "gaussian"], { default: "bernoulli" }),
  /** Factor of the divergence, ≥ 0. Default 1. */
  beta: number({ default: 1, min: 0 }),
});

/** Options of `variationalAutoencoder`, the shape of a sample among them. */
export interface VariationalAutoencoderOptions extends OptionsOf<typeof VARIATIONAL_AUTOENCODER> {}

/** The negative evidence lower bound and its two parts, each the mean over the samples, in nats. */
export interface Elbo {
  /** reconstruction + beta · divergence: what is minimised. */
  loss: Tensor;
  /** −log p(x | z), for "gaussian" without its constant. */
  reconstruction: Tensor;
  /** KL(q(z | x) ‖ N(0, 1)). */
  divergence: Tensor;
}

const SAMPLES = count({ required: true });

/**
 * The model that `variationalAutoencoder` makes.
 * @example new VariationalAutoencoder({ inputShape: [64] }).sample(3).shape   // [3, 64]
 */
export class VariationalAutoencoder extends Network<typeof VARIATIONAL_AUTOENCODER> {
  static override readonly type = "VariationalAutoencoder";
  static override readonly capturable = true;
  static override readonly declaration = VARIATIONAL_AUTOENCODER;
  readonly encoder: Sequential;
  readonly mean: Dense;
  readonly logVariance: Dense;
  readonly sampling = new Sampling();
  readonly decoder: Sequential;

  constructor(options: VariationalAutoencoderOptions) {
    super(arguments.length, options);
    const { inputShape, hidden, code, activation } = this.settings;
    const back = [...hidden].reverse();
    const pixels = sizeOf(inputShape);
    const features = [hidden.at(-1) ?? pixels];
    this.encoder = new Sequential([new Flatten(), ...denseLayers(pixels, hidden, activation)]);
    this.mean = new Dense(code, { inputShape: features });
    this.logVariance = new Dense(code, { inputShape: features });
    this.decoder = new Sequential([
      ...denseLayers(code, back, activation),
      new Dense(pixels, { inputShape: [back.at(-1) ?? code] }),
      new Reshape(inputShape),
    ]);
  }

  protected override resultShape(inputShape: Shape): Shape {
    return [inputShape[0], ...this.settings.inputShape];
  }

  /** Samples as they are given back, in training from a code that is drawn. Shape: [n, ...inputShape] → same */
  override forward(x: Tensor): Tensor {
    checkArity("forward", arguments.length, 1);
    const { mean, logVariance } = this.encode(x);
    return this.decode(this.sampling.forward(mean, logVariance));
  }

  /** The distribution of codes for each sample. Shape: [n, ...inputShape] → mean and logVariance [n, code] */
  encode(x: Tensor): { mean: Tensor; logVariance: Tensor } {
    checkArity("encode", arguments.length, 1);
    const features = this.encoder.forward(x);
    return { mean: this.mean.forward(features), logVariance: this.logVariance.forward(features) };
  }

  /** What codes stand for: for "bernoulli" numbers from 0 to 1. Shape: [n, code] → [n, ...inputShape] */
  decode(code: Tensor): Tensor {
    checkArity("decode", arguments.length, 1);
    const told = this.decoder.forward(code);
    return this.settings.likelihood === "bernoulli" ? told.sigmoid() : told;
  }

  /**
   * The loss of a batch: −log p(x | z) + beta · KL(q(z | x) ‖ N(0, 1)), where KL = ½ Σ (μ² + σ² − 1 − log σ²).
   * Shape: [n, ...inputShape] → three numbers
   */
  elbo(x: Tensor): Elbo {
    checkArity("elbo", arguments.length, 1);
    const { likelihood, beta } = this.settings;
    const { mean, logVariance } = this.encode(x);
    const told = this.decoder.forward(this.sampling.forward(mean, logVariance));
    const sum = likelihood === "bernoulli" ? binaryCrossEntropy(told, x, { reduction: "sum" }) : told.sub(x).square().sum().mul(0.5);
    const reconstruction = sum.div(x.shape[0]);
    const divergence = mean
      .square()
      .add(logVariance.exp())
      .sub(1)
      .sub(logVariance)
      .sum()
      .mul(0.5 / x.shape[0]);
    return { loss: reconstruction.add(divergence.mul(beta)), reconstruction, divergence };
  }

  /** New samples: what codes from N(0, 1) stand for. @param count how many @throws ArgumentError */
  sample(count: number): Tensor {
    checkArity("sample", arguments.length, 1);
    checkValue("sample", "count", count, SAMPLES);
    return this.decode(randn([count, this.settings.code]));
  }
}

/**
 * A variational autoencoder of fully connected layers: codes are distributions, which are kept near N(0, 1), so that codes that are drawn
 * from there give new samples. `elbo(x)` is its loss, `sample(n)` makes samples. Kingma and Welling, arXiv 1312.6114, 2013; with beta:
 * Higgins et al., ICLR 2017.
 * Shape:     [n, ...inputShape] → same
 * @param options.inputShape extents of one sample
 * @param options.hidden units of the encoder's hidden layers, which the decoder has in reverse, default [128]
 * @param options.code numbers that a sample is reduced to, default 8
 * @param options.activation behind each hidden layer, default "relu"
 * @param options.likelihood "bernoulli" for samples from 0 to 1, or "gaussian"; default "bernoulli"
 * @param options.beta factor of the divergence, default 1
 * @throws ArgumentError for an unknown option or value
 * @example
 * const model = variationalAutoencoder({ inputShape: [64], code: 2 });
 * const { loss } = model.elbo(rand([8, 64]));
 * loss.backward();
 */
export function variationalAutoencoder(options: VariationalAutoencoderOptions): VariationalAutoencoder {
  checkArity("variationalAutoencoder", arguments.length, 1);
  return new VariationalAutoencoder(options);
}
