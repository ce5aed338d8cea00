import type { Fused } from "../../ops/activation.js";
import { conv } from "../../ops/conv.js";
import { checkGroups, checkSame, geometryOf, paddings, paddingWidths } from "../../ops/convGeometry.js";
import { pad } from "../../ops/padding.js";
import { type Extents, each, extents } from "../../ops/window.js";
import { declare, type OptionsOf, type SettingsOf } from "../../options/declare.js";
import { choice, count, flag } from "../../options/kinds.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Convolution, channelsOf } from "../convolution.js";
import { activation, initializer, sampleShape } from "../options.js";
import { RULES } from "../regularization.js";

/** @param axes the spatial ones */
function declaration<const Name extends string>(op: Name, axes: number) {
  const mend = (): string => `Write new ${op}(3, 16, 3), or new ${op}(null, 16, 3), which counts the channels of its first input.`;
  return declare(
    op,
    {
      /** From window to window, a whole number ≥ 1, or one for each axis. Default 1. */
      stride: extents(axes, 1, { default: 1, aka: ["strides"] }),
      /** Zeros on each side, a whole number ≥ 0, or one for each axis; "same" keeps the extents, "valid" is 0. Default 0. */
      padding: paddings(axes, { default: 0 }),
      /** What the padding holds: "zeros", or what `pad` takes from the input in the mode "reflect", "replicate" or "circular". Default "zeros". */
      paddingMode: choice(["zeros", "reflect", "replicate", "circular"], { default: "zeros" }),
      /** From element to element of a window, a whole number ≥ 1, or one for each axis. Default 1. */
      dilation: extents(axes, 1, { default: 1, aka: ["dilationRate"] }),
      /** Groups of channels, each with filters of its own; as many as channels: depthwise. Default 1. */
      groups: count({ default: 1 }),
      /** Whether a bias is added. Default true. */
      bias: flag({ default: true, aka: ["useBias"] }),
      /** A name, a name with options, or a function; with one of your own the layer cannot be saved. Default "linear": none. */
      activation: activation({ default: "linear" }),
      /** How the weight starts; "auto" takes what suits the activation. Default null: U(±1/√fanIn), fanIn = in / groups · kernel. */
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

const CONV1D = declaration("Conv1d", 1);
const CONV2D = declaration("Conv2d", 2);
const CONV3D = declaration("Conv3d", 3);

/** Options of `Conv1d`, `Conv2d` and `Conv3d`. */
export interface ConvOptions extends OptionsOf<typeof CONV2D> {}

type Settings = SettingsOf<typeof CONV2D>;

function shapesOf(op: string, axes: number, settings: Settings, inputShape: Shape) {
  const { outChannels, kernelSize, groups, bias } = settings;
  const inChannels = channelsOf(op, axes, settings.inChannels, inputShape);
  checkGroups(op, "inChannels", inChannels, groups);
  return { weight: [outChannels, inChannels / groups, ...each(kernelSize, axes)], bias: bias ? [outChannels] : null };
}

/** The convolutions over one, two and three axes. */
abstract class Conv extends Convolution<typeof CONV2D> {
  readonly outChannels = this.settings.outChannels;
  readonly kernelSize = this.settings.kernelSize;

  /** Null before the first forward, unless given. */
  get inChannels(): number | null {
    const { inChannels, groups } = this.settings;
    return this.built ? this.weight.shape[1] * groups : inChannels;
  }

  protected check(settings: Settings): void {
    checkSame(this.op, settings);
    checkGroups(this.op, "outChannels", settings.outChannels, settings.groups);
  }

  override inputShapeFrom(state: ReadonlyMap<string, Tensor>): Shape | null {
    const weight = state.get("weight");
    return weight === undefined ? null : [1, weight.shape[1] * this.settings.groups, ...weight.shape.slice(2).fill(0)];
  }

  protected get channels(): number {
    return this.outChannels;
  }

  protected extents(input: Shape, weight: Shape): readonly number[] {
    return geometryOf(this.op, input, weight, this.settings).output;
  }

  protected compute(x: Tensor, fused: Fused | null): Tensor {
    const { paddingMode, padding } = this.settings;
    if (paddingMode === "zeros" || padding === 0) return conv(this.op, x, this.weight, this.bias, this.settings, fused);
    // The shape is checked before anything is padded.
    this.resultShape(x.shape);
    const widths = paddingWidths(this.weight.shape.slice(2), this.settings);
    const whole = x.shape.slice(widths.length).map(() => [0, 0] as const);
    const padded = pad(x, [...whole, ...widths], { mode: paddingMode });
    return conv(this.op, padded, this.weight, this.bias, { ...this.settings, padding: 0 }, fused);
  }
}

/**
 * Convolution over one axis, as torch.nn.Conv1d, with an activation as Keras's:
 * y[n, f, o] = activation(bias[f] + Σ x[n, c, o · stride − padding + k · dilation] · weight[f, c, k]) over c and k.
 *
 * Weight and bias start at U(±1/√fanIn), fanIn = inChannels / groups · kernelSize.
 * Shape:     [n, in, l] or [in, l] → [n, out, ⌊(l + 2 · padding − dilation · (kernelSize − 1) − 1) / stride⌋ + 1]; weight
 *            [out, in / groups, kernelSize], bias [out]
 * @param inChannels whole number ≥ 1; null: those of the first input, which then has a batch
 * @param outChannels whole number ≥ 1
 * @param kernelSize whole number ≥ 1
 * @param options.stride whole number ≥ 1, default 1
 * @param options.padding whole number ≥ 0, "same" or "valid", default 0
 * @param options.paddingMode "zeros", "reflect", "replicate" or "circular", default "zeros"
 * @param options.dilation whole number ≥ 1, default 1
 * @param options.groups whole number ≥ 1 that divides both channels, default 1
 * @param options.bias default true
 * @param options.activation default "linear": none
 * @param options.weightInitializer default null: U(±1/√fanIn)
 * @param options.biasInitializer default null: U(±1/√fanIn)
 * @param options.weightPenalty what weights add to the loss, such as l2(1e-4), default what the model says; biasPenalty, default nothing
 * @param options.weightConstraint what becomes of weights behind each step, such as maxNorm(3), default nothing; biasConstraint, too
 * @param options.inputShape [channels, l], default that of the first input
 * @throws ArgumentError for an unknown option or value; at forward ShapeError for other channels and a kernel that does not fit, DTypeError
 *         for integers
 * @example new Conv1d(2, 4, 3, { padding: "same" }).forward(randn([8, 2, 50])).shape   // [8, 4, 50]
 */
export class Conv1d extends Conv {
  static override readonly declaration = CONV1D;

  constructor(inChannels: number | null, outChannels: number, kernelSize: Extents, options?: ConvOptions) {
    super(arguments.length, inChannels, outChannels, kernelSize, options);
  }

  static override stateShapes(settings: Settings, inputShape: Shape) {
    return shapesOf("Conv1d", 1, settings, inputShape);
  }
}

/**
 * Convolution over the two axes of an image, as torch.nn.Conv2d, with an activation as Keras's:
 * y[n, f, o] = activation(bias[f] + Σ x[n, c, o · stride − padding + k · dilation] · weight[f, c, k]) over c and k, where o and k have two
 * coordinates. Images are [n, channels, height, width]. Depthwise is `groups` = inChannels.
 *
 * Weight and bias start at U(±1/√fanIn), fanIn = inChannels / groups · kernel.
 * Shape:     [n, in, h, w] or [in, h, w] → [n, out, h′, w′], each extent as in `Conv1d`; weight [out, in / groups, kh, kw], bias [out]
 * @param inChannels whole number ≥ 1; null: those of the first input, which then has a batch
 * @param outChannels whole number ≥ 1
 * @param kernelSize whole number ≥ 1, or [height, width]
 * @param options.stride whole number ≥ 1 or two, default 1
 * @param options.padding whole number ≥ 0 or two, "same" or "valid", default 0
 * @param options.paddingMode "zeros", "reflect", "replicate" or "circular", default "zeros"
 * @param options.dilation whole number ≥ 1 or two, default 1
 * @param options.groups whole number ≥ 1 that divides both channels, default 1
 * @param options.bias default true
 * @param options.activation default "linear": none
 * @param options.weightInitializer default null: U(±1/√fanIn)
 * @param options.biasInitializer default null: U(±1/√fanIn)
 * @param options.weightPenalty what weights add to the loss, such as l2(1e-4), default what the model says; biasPenalty, default nothing
 * @param options.weightConstraint what becomes of weights behind each step, such as maxNorm(3), default nothing; biasConstraint, too
 * @param options.inputShape [channels, h, w], default that of the first input
 * @throws ArgumentError for an unknown option or value; at forward ShapeError for other channels and a kernel that does not fit, DTypeError
 *         for integers
 * @example new Conv2d(3, 16, 3, { padding: 1, activation: "relu" }).forward(images).shape   // [2, 16, 28, 28]
 */
export class Conv2d extends Conv {
  static override readonly declaration = CONV2D;

  constructor(inChannels: number | null, outChannels: number, kernelSize: Extents, options?: ConvOptions) {
    super(arguments.length, inChannels, outChannels, kernelSize, options);
  }

  static override stateShapes(settings: Settings, inputShape: Shape) {
    return shapesOf("Conv2d", 2, settings, inputShape);
  }
}

/**
 * Convolution over three axes, such as those of a volume or a film, as torch.nn.Conv3d, with an activation as Keras's:
 * y[n, f, o] = activation(bias[f] + Σ x[n, c, o · stride − padding + k · dilation] · weight[f, c, k]) over c and k, where o and k have three
 * coordinates.
 *
 * Weight and bias start at U(±1/√fanIn), fanIn = inChannels / groups · kernel.
 * Shape:     [n, in, d, h, w] or [in, d, h, w] → [n, out, d′, h′, w′], each extent as in `Conv1d`; weight [out, in / groups, kd, kh, kw],
 *            bias [out]
 * @param inChannels whole number ≥ 1; null: those of the first input, which then has a batch
 * @param outChannels whole number ≥ 1
 * @param kernelSize whole number ≥ 1, or [depth, height, width]
 * @param options.stride whole number ≥ 1 or three, default 1
 * @param options.padding whole number ≥ 0 or three, "same" or "valid", default 0
 * @param options.paddingMode "zeros", "reflect", "replicate" or "circular", default "zeros"
 * @param options.dilation whole number ≥ 1 or three, default 1
 * @param options.groups whole number ≥ 1 that divides both channels, default 1
 * @param options.bias default true
 * @param options.activation default "linear": none
 * @param options.weightInitializer default null: U(±1/√fanIn)
 * @param options.biasInitializer default null: U(±1/√fanIn)
 * @param options.weightPenalty what weights add to the loss, such as l2(1e-4), default what the model says; biasPenalty, default nothing
 * @param options.weightConstraint what becomes of weights behind each step, such as maxNorm(3), default nothing; biasConstraint, too
 * @param options.inputShape [channels, d, h, w], default that of the first input
 * @throws ArgumentError for an unknown option or value; at forward ShapeError for other channels and a kernel that does not fit, DTypeError
 *         for integers
 * @example new Conv3d(1, 4, [1, 3, 3], { stride: 2 }).forward(randn([2, 1, 5, 9, 9])).shape   // [2, 4, 3, 4, 4]
 */
export class Conv3d extends Conv {
  static override readonly declaration = CONV3D;

  constructor(inChannels: number | null, outChannels: number, kernelSize: Extents, options?: ConvOptions) {
    super(arguments.length, inChannels, outChannels, kernelSize, options);
  }

  static override stateShapes(settings: Settings, inputShape: Shape) {
    return shapesOf("Conv3d", 3, settings, inputShape);
  }
}
