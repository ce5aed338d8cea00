import { ArgumentError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { batchNorm } from "../../ops/batchNorm.js";
import { assign } from "../../ops/inplace.js";
import { type AnyDeclaration, declare, type OptionsOf } from "../../options/declare.js";
import { flag, number } from "../../options/kinds.js";
import type { Tensor } from "../../tensor/tensor.js";
import { ChannelNorm, type Normalisation, numFeatures } from "../channelNorm.js";
import { activation } from "../options.js";

const OPTIONS = {
  /** Weight of the new value in the running statistics, 0 … 1. Default 0.1. */
  momentum: number({ default: 0.1, min: 0, max: 1 }),
  /** ε, added to the variance, > 0. Default 1e-5. */
  epsilon: number({ default: 1e-5, above: 0, aka: ["eps"] }),
  /** Whether a weight and a bias follow. Default false. */
  affine: flag({ default: false, aka: ["scale", "center", "elementwiseAffine"] }),
  /** Whether running statistics are kept for evaluation; without, it too uses those of its input. Default false. */
  trackRunningStats: flag({ default: false }),
  /** What follows: a name, a name with options, or a function; with one of your own the layer cannot be saved; null: nothing. Default null. */
  activation: activation({ default: null }),
};

const INSTANCE_NORM_1D = declare("InstanceNorm1d", OPTIONS, { numFeatures: numFeatures("InstanceNorm1d") });
const INSTANCE_NORM_2D = declare("InstanceNorm2d", OPTIONS, { numFeatures: numFeatures("InstanceNorm2d") });
const INSTANCE_NORM_3D = declare("InstanceNorm3d", OPTIONS, { numFeatures: numFeatures("InstanceNorm3d") });

/** Options of `InstanceNorm1d`, `InstanceNorm2d` and `InstanceNorm3d`. */
export interface InstanceNormOptions extends OptionsOf<typeof INSTANCE_NORM_1D> {}

/** Instance normalisation is batch normalisation of one sample whose channels are those of all samples. */
abstract class InstanceNorm<D extends AnyDeclaration> extends ChannelNorm<D> {
  protected override normalize(x: Tensor, { weight, bias, running, attributes }: Normalisation): Tensor {
    const [n, channels, ...axes] = x.shape;
    if (axes.every((extent) => extent === 1)) {
      const what = `x ${shapeText(x.shape)} has one value per channel of a sample; expected more than one, which have a variance`;
      throw new ArgumentError(message("InstanceNorm", what));
    }
    if (x.size === 0) return x;
    const ofAll = (values: Tensor | null): Tensor | null => values?.tile([n]) ?? null;
    const moving = running && { mean: running.mean.tile([n]), variance: running.variance.tile([n]), batches: null };
    const all = x.reshape([1, n * channels, ...axes]);
    const result = batchNorm(all, ofAll(weight), ofAll(bias), moving, attributes).reshape(x.shape);
    if (running !== null && moving !== null) {
      const ofSamples = (values: Tensor): Tensor => values.reshape([n, channels]).mean(0);
      assign(running.mean, ofSamples(moving.mean));
      assign(running.variance, ofSamples(moving.variance));
    }
    return result;
  }
}

/**
 * Instance normalisation of signals, as torch.nn.InstanceNorm1d: y = (x − mean) / √(variance + ε) · weight + bias with the mean and the
 * biased variance of each channel of each sample. Running statistics, if they are kept, move towards the means over the samples.
 * Ulyanov, Vedaldi and Lempitsky, arXiv 1607.08022, 2016.
 *
 * Unlike PyTorch's it takes no sample without a batch.
 * Shape:     [n, numFeatures, l] → same; weight, bias, running mean and variance [numFeatures]
 * @param numFeatures channels, the extent of axis 1; null: those of the first input
 * @param options.momentum 0 … 1, default 0.1
 * @param options.epsilon > 0, default 1e-5
 * @param options.affine default false
 * @param options.trackRunningStats default false
 * @param options.activation what follows; default null: nothing
 * @throws ArgumentError for an unknown option or value, at forward for one value a channel; ShapeError for another number of axes or
 *         channels
 * @example new InstanceNorm1d(16).forward(randn([8, 16, 20])).shape   // [8, 16, 20]
 */
export class InstanceNorm1d extends InstanceNorm<typeof INSTANCE_NORM_1D> {
  static override readonly declaration = INSTANCE_NORM_1D;
  protected readonly spatial = [1];

  constructor(numFeatures: number | null, options?: InstanceNormOptions) {
    super(arguments.length, numFeatures, options);
  }
}

/**
 * Instance normalisation of images, as torch.nn.InstanceNorm2d: y = (x − mean) / √(variance + ε) · weight + bias with the mean and the
 * biased variance of each channel of each sample. Running statistics, if they are kept, move towards the means over the samples.
 * Ulyanov, Vedaldi and Lempitsky, arXiv 1607.08022, 2016.
 *
 * Unlike PyTorch's it takes no sample without a batch.
 * Shape:     [n, numFeatures, h, w] → same; weight, bias, running mean and variance [numFeatures]
 * @param numFeatures channels, the extent of axis 1; null: those of the first input
 * @param options.momentum 0 … 1, default 0.1
 * @param options.epsilon > 0, default 1e-5
 * @param options.affine default false
 * @param options.trackRunningStats default false
 * @param options.activation what follows; default null: nothing
 * @throws ArgumentError for an unknown option or value, at forward for one value a channel; ShapeError for another number of axes or
 *         channels
 * @example new InstanceNorm2d(16, { affine: true }).forward(randn([8, 16, 5, 5])).shape   // [8, 16, 5, 5]
 */
export class InstanceNorm2d extends InstanceNorm<typeof INSTANCE_NORM_2D> {
  static override readonly declaration = INSTANCE_NORM_2D;
  protected readonly spatial = [2];

  constructor(numFeatures: number | null, options?: InstanceNormOptions) {
    super(arguments.length, numFeatures, options);
  }
}

/**
 * Instance normalisation of volumes, as torch.nn.InstanceNorm3d: y = (x − mean) / √(variance + ε) · weight + bias with the mean and the
 * biased variance of each channel of each sample. Running statistics, if they are kept, move towards the means over the samples.
 * Ulyanov, Vedaldi and Lempitsky, arXiv 1607.08022, 2016.
 *
 * Unlike PyTorch's it takes no sample without a batch.
 * Shape:     [n, numFeatures, d, h, w] → same; weight, bias, running mean and variance [numFeatures]
 * @param numFeatures channels, the extent of axis 1; null: those of the first input
 * @param options.momentum 0 … 1, default 0.1
 * @param options.epsilon > 0, default 1e-5
 * @param options.affine default false
 * @param options.trackRunningStats default false
 * @param options.activation what follows; default null: nothing
 * @throws ArgumentError for an unknown option or value, at forward for one value a channel; ShapeError for another number of axes or
 *         channels
 * @example new InstanceNorm3d(null).forward(randn([2, 3, 4, 4, 4])).shape   // [2, 3, 4, 4, 4]
 */
export class InstanceNorm3d extends InstanceNorm<typeof INSTANCE_NORM_3D> {
  static override readonly declaration = INSTANCE_NORM_3D;
  protected readonly spatial = [3];

  constructor(numFeatures: number | null, options?: InstanceNormOptions) {
    super(arguments.length, numFeatures, options);
  }
}
