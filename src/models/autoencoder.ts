import { Sequential } from "../model/sequential.js";
import { Dense, Flatten, Reshape } from "../nn/index.js";
import { activation, sampleShape } from "../nn/options.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count } from "../options/kinds.js";
import { sizeOf } from "../tensor/shape.js";
import { Codec } from "./codec.js";
import { denseLayers, widths } from "./widths.js";

const AUTOENCODER = declare("Autoencoder", {
  /** Extents of one sample, without the batch. Required. */
  inputShape: sampleShape({ required: true }),
  /** Units of the encoder's hidden layers; the decoder has them in reverse. Default [128]. */
  hidden: widths({ default: [128] }),
  /** Numbers that a sample is reduced to. Default 32. */
  code: count({ default: 32, aka: ["latentDim", "bottleneck", "codeSize"] }),
  /** Behind each hidden layer. Default "relu". */
  activation: activation({ default: "relu" }),
  /** Behind the last layer: "sigmoid" for samples from 0 to 1. Default "linear": none. */
  outputActivation: activation({ default: "linear" }),
});

/** Options of `autoencoder`, the shape of a sample among them. */
export interface AutoencoderOptions extends OptionsOf<typeof AUTOENCODER> {}

/**
 * The model that `autoencoder` makes. Its codes are [n, code].
 * @example new Autoencoder({ inputShape: [64] }).encode(randn([2, 64])).shape   // [2, 32]
 */
export class Autoencoder extends Codec<typeof AUTOENCODER> {
  static override readonly type = "Autoencoder";
  static override readonly capturable = true;
  static override readonly declaration = AUTOENCODER;
  readonly encoder: Sequential;
  readonly decoder: Sequential;

  constructor(options: AutoencoderOptions) {
    super(arguments.length, options);
    const { inputShape, hidden, code, activation, outputActivation } = this.settings;
    const back = [...hidden].reverse();
    const pixels = sizeOf(inputShape);
    this.encoder = new Sequential([
      new Flatten(),
      ...denseLayers(pixels, hidden, activation),
      new Dense(code, { inputShape: [hidden.at(-1) ?? pixels] }),
    ]);
    this.decoder = new Sequential([
      ...denseLayers(code, back, activation),
      new Dense(pixels, { activation: outputActivation, inputShape: [back.at(-1) ?? code] }),
      new Reshape(inputShape),
    ]);
  }
}

/**
 * An autoencoder of fully connected layers: it learns to give back its input, which passes through a code of few numbers. Fit it with its
 * samples as targets, `fit({ x, y: x })`. Hinton and Salakhutdinov, Science 313, 2006.
 * Shape:     [n, ...inputShape] → same
 * @param options.inputShape extents of one sample
 * @param options.hidden units of the encoder's hidden layers, which the decoder has in reverse, default [128]
 * @param options.code numbers that a sample is reduced to, default 32
 * @param options.activation behind each hidden layer, default "relu"
 * @param options.outputActivation behind the last layer, default "linear"; "sigmoid" for samples from 0 to 1
 * @throws ArgumentError for an unknown option or value
 * @example autoencoder({ inputShape: [64], code: 8 }).forward(randn([2, 64])).shape   // [2, 64]
 */
export function autoencoder(options: AutoencoderOptions): Autoencoder {
  checkArity("autoencoder", arguments.length, 1);
  return new Autoencoder(options);
}
