import { declare, type OptionsOf } from "../../options/declare.js";
import { flag, number } from "../../options/kinds.js";
import type { Shape } from "../../tensor/shape.js";
import { ChannelNorm, numFeatures } from "../channelNorm.js";
import { build } from "../forward.js";
import { activation, sampleShape } from "../options.js";

const OPTIONS = {
  /** Weight of the new value in the running statistics, 0 … 1; null: they are the mean of all batches. Default 0.1. */
  momentum: number({ default: 0.1, min: 0, max: 1, nullable: true }),
  /** ε, added to the variance, > 0. Default 1e-5. */
  epsilon: number({ default: 1e-5, above: 0, aka: ["eps"] }),
  /** Whether a weight and a bias follow. Default true. */
  affine: flag({ default: true, aka: ["scale", "center", "elementwiseAffine"] }),
  /** Whether running statistics are kept for evaluation; without, it too uses those of its batch. Default true. */
  trackRunningStats: flag({ default: true }),
  /** What follows: a name, a name with options, or a function; with one of your own the layer cannot be saved; null: nothing. Default null. */
  activation: activation({ default: null }),
};

const BATCH_NORM = declare("BatchNorm", {
  /** Extents of one sample, channels first, without the batch: builds the layer at once. Default: those of its first input. */
  inputShape: sampleShape({ aka: ["numFeatures", "channels"] }),
  ...OPTIONS,
});
const BATCH_NORM_1D = declare("BatchNorm1d", OPTIONS, { numFeatures: numFeatures("BatchNorm1d") });
const BATCH_NORM_2D = declare("BatchNorm2d", OPTIONS, { numFeatures: numFeatures("BatchNorm2d") });
const BATCH_NORM_3D = declare("BatchNorm3d", OPTIONS, { numFeatures: numFeatures("BatchNorm3d") });

/** Options of `BatchNorm`. */
export interface BatchNormOptions extends OptionsOf<typeof BATCH_NORM> {}

/** Options of `BatchNorm1d`, `BatchNorm2d` and `BatchNorm3d`. */
export interface BatchNormNdOptions extends OptionsOf<typeof BATCH_NORM_1D> {}

/**
 * Batch normalisation y = (x − mean) / √(variance + ε) · weight + bias, as torch.nn.BatchNorm1d and its siblings, for any number of axes:
 * in training with the mean and the biased variance of each channel of the batch, in evaluation with running ones, which
 * training moves: running ← (1 − momentum) · running + momentum · new, the variance unbiased. Keras's momentum is 1 − this one.
 * Ioffe and Szegedy, ICML 2015.
 *
 * The weight starts at 1, the bias at 0; they are made at the first forward, for the extent of axis 1, unless `inputShape` is given.
 * Shape:     [n, channels, ...] → same; weight, bias, running mean and variance [channels]
 * @param options.inputShape [channels, ...], default that of the first input
 * @param options.momentum 0 … 1 or null, default 0.1
 * @param options.epsilon > 0, default 1e-5
 * @param options.affine default true
 * @param options.trackRunningStats default true
 * @param options.activation what follows, which Keras and PyTorch write as a layer of its own; "relu" is part of the kernel; default
 *        null: nothing
 * @throws ArgumentError for an unknown option or value, at forward in training for fewer than two values a channel; ShapeError if
 *         axis 1 changes
 * @example new Sequential([new Dense(64, { bias: false }), new BatchNorm({ activation: "relu" }), new Dense(10)])
 */
export class BatchNorm extends ChannelNorm<typeof BATCH_NORM> {
  static override readonly declaration = BATCH_NORM;
  protected readonly spatial = null;
  readonly inputShape: Shape | undefined = this.settings.inputShape;

  constructor(options?: BatchNormOptions) {
    super(arguments.length, options);
    if (this.inputShape !== undefined) build(this, [1, ...this.inputShape]);
  }
}

/**
 * Batch normalisation of features or signals, as torch.nn.BatchNorm1d: y = (x − mean) / √(variance + ε) · weight + bias, see `BatchNorm`.
 * Ioffe and Szegedy, ICML 2015.
 *
 * Shape:     [n, numFeatures] or [n, numFeatures, l] → same; weight, bias, running mean and variance [numFeatures]
 * @param numFeatures channels, the extent of axis 1; null: those of the first input
 * @param options.momentum 0 … 1 or null, default 0.1
 * @param options.epsilon > 0, default 1e-5
 * @param options.affine default true
 * @param options.trackRunningStats default true
 * @param options.activation what follows; "relu" is part of the kernel; default null: nothing
 * @throws ArgumentError for an unknown option or value, at forward in training for fewer than two values a channel; ShapeError for
 *         another number of axes or channels
 * @example new BatchNorm1d(16).forward(randn([8, 16, 20])).shape   // [8, 16, 20]
 */
export class BatchNorm1d extends ChannelNorm<typeof BATCH_NORM_1D> {
  static override readonly declaration = BATCH_NORM_1D;
  protected readonly spatial = [0, 1];

  constructor(numFeatures: number | null, options?: BatchNormNdOptions) {
    super(arguments.length, numFeatures, options);
  }
}

/**
 * Batch normalisation of images, as torch.nn.BatchNorm2d: y = (x − mean) / √(variance + ε) · weight + bias, see `BatchNorm`.
 * Ioffe and Szegedy, ICML 2015.
 *
 * Shape:     [n, numFeatures, h, w] → same; weight, bias, running mean and variance [numFeatures]
 * @param numFeatures channels, the extent of axis 1; null: those of the first input
 * @param options.momentum 0 … 1 or null, default 0.1
 * @param options.epsilon > 0, default 1e-5
 * @param options.affine default true
 * @param options.trackRunningStats default true
 * @param options.activation what follows; "relu" is part of the kernel; default null: nothing
 * @throws ArgumentError for an unknown option or value, at forward in training for fewer than two values a channel; ShapeError for
 *         another number of axes or channels
 * @example new BatchNorm2d(16, { activation: "relu" }).forward(randn([8, 16, 5, 5])).shape   // [8, 16, 5, 5]
 */
export class BatchNorm2d extends ChannelNorm<typeof BATCH_NORM_2D> {
  static override readonly declaration = BATCH_NORM_2D;
  protected readonly spatial = [2];

  constructor(numFeatures: number | null, options?: BatchNormNdOptions) {
    super(arguments.length, numFeatures, options);
  }
}

/**
 * Batch normalisation of volumes, as torch.nn.BatchNorm3d: y = (x − mean) / √(variance + ε) · weight + bias, see `BatchNorm`.
 * Ioffe and Szegedy, ICML 2015.
 *
 * Shape:     [n, numFeatures, d, h, w] → same; weight, bias, running mean and variance [numFeatures]
 * @param numFeatures channels, the extent of axis 1; null: those of the first input
 * @param options.momentum 0 … 1 or null, default 0.1
 * @param options.epsilon > 0, default 1e-5
 * @param options.affine default true
 * @param options.trackRunningStats default true
 * @param options.activation what follows; "relu" is part of the kernel; default null: nothing
 * @throws ArgumentError for an unknown option or value, at forward in training for fewer than two values a channel; ShapeError for
 *         another number of axes or channels
 * @example new BatchNorm3d(null).forward(randn([2, 3, 4, 4, 4])).shape   // [2, 3, 4, 4, 4]
 */
export class BatchNorm3d extends ChannelNorm<typeof BATCH_NORM_3D> {
  static override readonly declaration = BATCH_NORM_3D;
  protected readonly spatial = [3];

  constructor(numFeatures: number | null, options?: BatchNormNdOptions) {
    super(arguments.length, numFeatures, options);
  }
}
