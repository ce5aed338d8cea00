import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { Sequential } from "../model/sequential.js";
import { Activation, Conv2d, ConvTranspose2d } from "../nn/index.js";
import { activation, sampleShape } from "../nn/options.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { Codec } from "./codec.js";
import { widths } from "./widths.js";

const CONV_AUTOENCODER = declare("ConvAutoencoder", {
  /** Extents of one image, channels first: [channels, height, width]. Required. */
  inputShape: sampleShape({ required: true }),
  /** Channels of the encoder's convolutions, each of which halves the image; the decoder has them in reverse. Default [16, 32]. */
  channels: widths({ default: [16, 32], aka: ["filters"] }),
  /** Behind each convolution but the encoder's and the decoder's last. Default "relu". */
  activation: activation({ default: "relu" }),
  /** Behind the last layer: "sigmoid" for images from 0 to 1. Default "linear": none. */
  outputActivation: activation({ default: "linear" }),
});

/** Options of `convAutoencoder`, the shape of an image among them. */
export interface ConvAutoencoderOptions extends OptionsOf<typeof CONV_AUTOENCODER> {}

/**
 * The model that `convAutoencoder` makes. Of k convolutions its codes are [n, last of channels, ⌈height / 2ᵏ⌉, ⌈width / 2ᵏ⌉].
 * @example new ConvAutoencoder({ inputShape: [1, 8, 8] }).encode(randn([2, 1, 8, 8])).shape   // [2, 32, 2, 2]
 */
export class ConvAutoencoder extends Codec<typeof CONV_AUTOENCODER> {
  static override readonly type = "ConvAutoencoder";
  static override readonly capturable = true;
  static override readonly declaration = CONV_AUTOENCODER;
  readonly encoder: Sequential;
  readonly decoder: Sequential;

  constructor(options: ConvAutoencoderOptions) {
    super(arguments.length, options);
    const { inputShape, channels, activation, outputActivation } = this.settings;
    if (inputShape.length !== 3 || channels.length === 0) {
      const problem = `inputShape is ${shapeText(inputShape)} and channels ${shapeText(channels)}`;
      throw new ShapeError(
        message("ConvAutoencoder", `${problem}; expected [channels, height, width], and channels of one convolution or more`),
      );
    }
    const planes = [inputShape[0], ...channels];
    // A convolution halves an extent and rounds up; what is added on the way back restores odd and even ones.
    const added: [number, number][] = [];
    let [h, w] = inputShape.slice(1);
    const last = channels.length - 1;
    this.encoder = new Sequential(
      channels.map((count, i) => {
        added.push([1 - (h % 2), 1 - (w % 2)]);
        [h, w] = [Math.ceil(h / 2), Math.ceil(w / 2)];
        return new Conv2d(planes[i], count, 3, { stride: 2, padding: 1, activation: i === last ? "linear" : activation });
      }),
    );
    this.decoder = new Sequential([
      new Activation(activation),
      ...channels.map((_, i) => {
        const at = last - i;
        const how = { stride: 2, padding: 1, outputPadding: added[at], activation: at === 0 ? outputActivation : activation };
        return new ConvTranspose2d(planes[at + 1], planes[at], 3, how);
      }),
    ]);
  }
}

/**
 * An autoencoder of images: convolutions by 2 reduce them, transposed ones restore them. Fit it with its images as targets,
 * `fit({ x, y: x })`. Masci et al., ICANN 2011, with strides in the place of pooling.
 * Shape:     [n, ...inputShape] → same
 * @param options.inputShape extents of one image, channels first
 * @param options.channels of the encoder's convolutions, default [16, 32]
 * @param options.activation default "relu"
 * @param options.outputActivation behind the last layer, default "linear"; "sigmoid" for images from 0 to 1
 * @throws ArgumentError for an unknown option or value, ShapeError for another shape
 * @example convAutoencoder({ inputShape: [3, 15, 20] }).forward(randn([2, 3, 15, 20])).shape   // [2, 3, 15, 20]
 */
export function convAutoencoder(options: ConvAutoencoderOptions): ConvAutoencoder {
  checkArity("convAutoencoder", arguments.length, 1);
  return new ConvAutoencoder(options);
}
