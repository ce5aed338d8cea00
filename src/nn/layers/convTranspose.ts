import type { Fused } from "../../ops/activation.js";
import { checkGroups, checkOutputPadding, transposedGeometryOf } from "../../ops/convGeometry.js";
import { convTranspose } from "../../ops/convTranspose.js";
import { type Extents, each, extents } from "../../ops/window.js";
import { declare, type OptionsOf, type SettingsOf } from "../../options/declare.js";
import { count, flag } from "../../options/kinds.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Convolution, channelsOf } from "../convolution.js";
import { activation, initializer, sampleShape } from "../options.js";
import { RULES } from "../regularization.js";

/** @param axes the spatial ones */
function declaration<const Name extends string>(op: Name, axes: number) {
  const mend = (): string => `Write new ${op}(16, 3, 2), or new ${op}(null, 3, 2), which counts the channels of its first input.`;
  return declare(
    op,
    {
      /** From window to window of the result, a whole number ≥ 1, or one for each axis: how much it grows. Default 1. */
      stride: extents(axes, 1, { default: 1, aka: ["strides"] }),
      /** What is taken off on each side of the result, a whole number ≥ 0, or one for each axis. Default 0. */
      padding: extents(axes, 0, { default: 0 }),
      /** What is added behind the result, a whole number ≥ 0 below the stride or the dilation, or one for each axis. Default 0. */
      outputPadding: extents(axes, 0, { default: 0 }),
      /** From element to element of a window, a whole number ≥ 1, or one for each axis. Default 1. */
      dilation: extents(axes, 1, { default: 1, aka: ["dilationRate"] }),
      /** Groups of channels, each with filters of its own. Default 1. */
      groups: count({ default: 1 }),
      /** Whether a bias is added. Default true. */
      bias: flag({ default: true, aka: ["useBias"] }),
      /** A name, a name with options, or a function; with one of your own the layer cannot be saved. Default "linear": none. */
      activation: activation({ default: "linear" }),
      /** How the weight starts; "auto" takes what suits the activation. Default null: U(±1/√fanIn), fanIn = out / groups · kernel. */
      weightInitializer: initializer({ default: null, aka: ["kernelInitializer", "init"] }),
      /** How the bias starts. Default null: U(±1/√fanIn), with the weight's fanIn. */
      biasInitializer: initializer({ default: null }),
      ...RULES,
      /** Extents of one sample, channels first, without the batch: builds the layer at once. Default: those of its first input. */
      inputShape: sampleShape({}),
    },
    {
      inChannels: count({ required: true, nullable: true, mend }),
      outChannels: count({ required: true, mend }),
      kernelSize: extents(axes, 1, { required: true, mend }),
    },
  );
}

const CONV_TRANSPOSE1D = declaration("ConvTranspose1d", 1);
const CONV_TRANSPOSE2D = declaration("ConvTranspose2d", 2);
const CONV_TRANSPOSE3D = declaration("ConvTranspose3d", 3);

/** Options of `ConvTranspose1d`, `ConvTranspose2d` and `ConvTranspose3d`. */
export interface ConvTransposeOptions extends OptionsOf<typeof CONV_TRANSPOSE2D> {}

type Settings = SettingsOf<typeof CONV_TRANSPOSE2D>;

function shapesOf(op: string, axes: number, settings: Settings, inputShape: Shape) {
  const { outChannels, kernelSize, groups, bias } = settings;
  const inChannels = channelsOf(op, axes, settings.inChannels, inputShape);
  checkGroups(op, "inChannels", inChannels, groups);
  return { weight: [inChannels, outChannels / groups, ...each(kernelSize, axes)], bias: bias ? [outChannels] : null };
}

/** The transposed convolutions over one, two and three axes. */
abstract class ConvTranspose extends Convolution<typeof CONV_TRANSPOSE2D> {
  readonly outChannels = this.settings.outChannels;
  readonly kernelSize = this.settings.kernelSize;

  /** Null before the first forward, unless given. */
  get inChannels(): number | null {
    return this.built ? this.weight.shape[0] : this.settings.inChannels;
  }

  protected check(settings: Settings): void {
    checkOutputPadding(this.op, settings);
    checkGroups(this.op, "outChannels", settings.outChannels, settings.groups);
  }

  override inputShapeFrom(state: ReadonlyMap<string, Tensor>): Shape | null {
    const weight = state.get("weight");
    return weight === undefined ? null : [1, weight.shape[0], ...weight.shape.slice(2).fill(0)];
  }

  protected get channels(): number {
    return this.outChannels;
  }

  protected extents(input: Shape, weight: Shape): readonly number[] {
    return transposedGeometryOf(this.op, input, weight, this.settings).input;
  }

  protected compute(x: Tensor, fused: Fused | null): Tensor {
    return convTranspose(this.op, x, this.weight, this.bias, this.settings, fused);
  }
}

/**
 * Transposed convolution over one axis, as torch.nn.ConvTranspose1d, with an activation as Keras's: the gradient of `Conv1d` by its input,
 * which makes a larger signal out of a smaller one. activation(x[n, f, o] · weight[f, c, k] added up at y[n, c, o · stride − padding + k · dilation] + bias[c]).
 * PyTorch's `output_size` is `outputPadding`.
 *
 * Weight and bias start at U(±1/√fanIn), fanIn = outChannels / groups · kernel, which are PyTorch's.
 * Shape:     [n, in, l] or [in, l] → [n, out, (l − 1) · stride − 2 · padding + dilation · (kernelSize − 1) + outputPadding + 1];
 *            weight [in, out / groups, kernelSize], bias [out]
 * @param inChannels whole number ≥ 1; null: those of the first input, which then has a batch
 * @param outChannels whole number ≥ 1
 * @param kernelSize whole number ≥ 1
 * @param options.stride whole number ≥ 1, default 1
 * @param options.padding whole number ≥ 0, default 0
 * @param options.outputPadding whole number ≥ 0, below the stride or the dilation, default 0
 * @param options.dilation whole number ≥ 1, default 1
 * @param options.groups whole number ≥ 1 that divides both channels, default 1
 * @param options.bias default true
 * @param options.activation default "linear": none
 * @param options.weightInitializer default null: U(±1/√fanIn)
 * @param options.biasInitializer default null: U(±1/√fanIn)
 * @param options.weightPenalty what weights add to the loss, such as l2(1e-4), default what the model says; biasPenalty, default nothing
 * @param options.weightConstraint what becomes of weights behind each step, such as maxNorm(3), default nothing; biasConstraint, too
 * @param options.inputShape [channels, l], default that of the first input
 * @throws ArgumentError for an unknown option or value; at forward ShapeError for other channels and a result of no extent, DTypeError
 *         for integers
 * @example new ConvTranspose1d(4, 2, 3, { stride: 2 }).forward(randn([8, 4, 10])).shape   // [8, 2, 21]
 */
export class ConvTranspose1d extends ConvTranspose {
  static override readonly declaration = CONV_TRANSPOSE1D;

  constructor(inChannels: number | null, outChannels: number, kernelSize: Extents, options?: ConvTransposeOptions) {
    super(arguments.length, inChannels, outChannels, kernelSize, options);
  }

  static override stateShapes(settings: Settings, inputShape: Shape) {
    return shapesOf("ConvTranspose1d", 1, settings, inputShape);
  }
}

/**
 * Transposed convolution over the two axes of an image, as torch.nn.ConvTranspose2d, with an activation as Keras's: the gradient of `Conv2d` by its input,
 * which makes a larger image out of a smaller one. activation(x[n, f, o] · weight[f, c, k] added up at y[n, c, o · stride − padding + k · dilation] + bias[c]).
 * PyTorch's `output_size` is `outputPadding`.
 *
 * Weight and bias start at U(±1/√fanIn), fanIn = outChannels / groups · kernel, which are PyTorch's.
 * Shape:     [n, in, h, w] or [in, h, w] → [n, out, h′, w′], each extent as in `ConvTranspose1d`;
 *            weight [in, out / groups, kh, kw], bias [out]
 * @param inChannels whole number ≥ 1; null: those of the first input, which then has a batch
 * @param outChannels whole number ≥ 1
 * @param kernelSize whole number ≥ 1, or [height, width]
 * @param options.stride whole number ≥ 1 or two, default 1
 * @param options.padding whole number ≥ 0 or two, default 0
 * @param options.outputPadding whole number ≥ 0 or two, below the stride or the dilation, default 0
 * @param options.dilation whole number ≥ 1 or two, default 1
 * @param options.groups whole number ≥ 1 that divides both channels, default 1
 * @param options.bias default true
 * @param options.activation default "linear": none
 * @param options.weightInitializer default null: U(±1/√fanIn)
 * @param options.biasInitializer default null: U(±1/√fanIn)
 * @param options.weightPenalty what weights add to the loss, such as l2(1e-4), default what the model says; biasPenalty, default nothing
 * @param options.weightConstraint what becomes of weights behind each step, such as maxNorm(3), default nothing; biasConstraint, too
 * @param options.inputShape [channels, h, w], default that of the first input
 * @throws ArgumentError for an unknown option or value; at forward ShapeError for other channels and a result of no extent, DTypeError
 *         for integers
 * @example new ConvTranspose2d(16, 8, 2, { stride: 2, activation: "relu" }).forward(randn([2, 16, 7, 7])).shape   // [2, 8, 14, 14]
 */
export class ConvTranspose2d extends ConvTranspose {
  static override readonly declaration = CONV_TRANSPOSE2D;

  constructor(inChannels: number | null, outChannels: number, kernelSize: Extents, options?: ConvTransposeOptions) {
    super(arguments.length, inChannels, outChannels, kernelSize, options);
  }

  static override stateShapes(settings: Settings, inputShape: Shape) {
    return shapesOf("ConvTranspose2d", 2, settings, inputShape);
  }
}

/**
 * Transposed convolution over three axes, as torch.nn.ConvTranspose3d, with an activation as Keras's: the gradient of `Conv3d` by its input,
 * which makes a larger volume out of a smaller one. activation(x[n, f, o] · weight[f, c, k] added up at y[n, c, o · stride − padding + k · dilation] + bias[c]).
 * PyTorch's `output_size` is `outputPadding`.
 *
 * Weight and bias start at U(±1/√fanIn), fanIn = outChannels / groups · kernel, which are PyTorch's.
 * Shape:     [n, in, d, h, w] or [in, d, h, w] → [n, out, d′, h′, w′], each extent as in `ConvTranspose1d`;
 *            weight [in, out / groups, kd, kh, kw], bias [out]
 * @param inChannels whole number ≥ 1; null: those of the first input, which then has a batch
 * @param outChannels whole number ≥ 1
 * @param kernelSize whole number ≥ 1, or [depth, height, width]
 * @param options.stride whole number ≥ 1 or three, default 1
 * @param options.padding whole number ≥ 0 or three, default 0
 * @param options.outputPadding whole number ≥ 0 or three, below the stride or the dilation, default 0
 * @param options.dilation whole number ≥ 1 or three, default 1
 * @param options.groups whole number ≥ 1 that divides both channels, default 1
 * @param options.bias default true
 * @param options.activation default "linear": none
 * @param options.weightInitializer default null: U(±1/√fanIn)
 * @param options.biasInitializer default null: U(±1/√fanIn)
 * @param options.weightPenalty what weights add to the loss, such as l2(1e-4), default what the model says; biasPenalty, default nothing
 * @param options.weightConstraint what becomes of weights behind each step, such as maxNorm(3), default nothing; biasConstraint, too
 * @param options.inputShape [channels, d, h, w], default that of the first input
 * @throws ArgumentError for an unknown option or value; at forward ShapeError for other channels and a result of no extent, DTypeError
 *         for integers
 * @example new ConvTranspose3d(4, 1, [1, 2, 2], { stride: [1, 2, 2] }).forward(randn([2, 4, 3, 5, 5])).shape   // [2, 1, 3, 10, 10]
 */
export class ConvTranspose3d extends ConvTranspose {
  static override readonly declaration = CONV_TRANSPOSE3D;

  constructor(inChannels: number | null, outChannels: number, kernelSize: Extents, options?: ConvTransposeOptions) {
    super(arguments.length, inChannels, outChannels, kernelSize, options);
  }

  static override stateShapes(settings: Settings, inputShape: Shape) {
    return shapesOf("ConvTranspose3d", 3, settings, inputShape);
  }
}
