import type { DType } from "../../memory/views.js";
import { checkSame, geometryOf, paddings } from "../../ops/convGeometry.js";
import { checkFloating } from "../../ops/convOperands.js";
import { type Extents, each, extents } from "../../ops/window.js";
import { declare, type OptionsOf, type SettingsOf } from "../../options/declare.js";
import { count, flag } from "../../options/kinds.js";
import { currentSeed, underSeed } from "../../tensor/seed.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { activationOf } from "../activations.js";
import { channelsOf, knownExtents } from "../convolution.js";
import { build } from "../forward.js";
import { Layer } from "../layer.js";
import { activation, initializer, sampleShape } from "../options.js";
import { RULES } from "../regularization.js";
import { Conv2d } from "./conv.js";

const mend = (): string => "Write new SeparableConv2d(3, 16, 3), or new SeparableConv2d(null, 16, 3).";

const SEPARABLE_CONV2D = declare(
  "SeparableConv2d",
  {
    /** From window to window, a whole number ≥ 1, or two. Default 1. */
    stride: extents(2, 1, { default: 1, aka: ["strides"] }),
    /** Zeros on each side, a whole number ≥ 0, or two; "same" keeps the extents, "valid" is 0. Default 0. */
    padding: paddings(2, { default: 0 }),
    /** From element to element of a window, a whole number ≥ 1, or two. Default 1. */
    dilation: extents(2, 1, { default: 1, aka: ["dilationRate"] }),
    /** Filters of each channel, a whole number ≥ 1. Default 1. */
    depthMultiplier: count({ default: 1 }),
    /** Whether a bias is added, behind both steps. Default true. */
    bias: flag({ default: true, aka: ["useBias"] }),
    /** A name, a name with options, or a function; with one of your own the layer cannot be saved. Default "linear": none. */
    activation: activation({ default: "linear" }),
    /** How the weight of the first step starts. Default null: U(±1/√fanIn), fanIn = kernel. */
    depthwiseInitializer: initializer({ default: null }),
    /** How the weight of the second step starts. Default null: U(±1/√fanIn), fanIn = in · depthMultiplier. */
    pointwiseInitializer: initializer({ default: null }),
    /** How the bias starts. Default null: U(±1/√fanIn), with the fanIn of the second step. */
    biasInitializer: initializer({ default: null }),
    ...RULES,
    /** Extents of one sample, channels first, without the batch: builds the layer at once. Default: those of its first input. */
    inputShape: sampleShape({}),
  },
  {
    inChannels: count({ required: true, nullable: true, mend }),
    outChannels: count({ required: true, mend }),
    kernelSize: extents(2, 1, { required: true, mend }),
  },
);

/** Options of `SeparableConv2d`. */
export interface SeparableConv2dOptions extends OptionsOf<typeof SEPARABLE_CONV2D> {}

type Settings = SettingsOf<typeof SEPARABLE_CONV2D>;

/**
 * Convolution in two steps, as Keras's SeparableConv2D: `depthMultiplier` filters for each channel by itself, then a 1 × 1 convolution that
 * mixes the channels, with bias and activation. It takes in · m · k² + in · m · out products a place instead of in · out · k².
 * The first step alone (Keras's DepthwiseConv2D) is `new Conv2d(c, m * c, 3, { groups: c })`. Chollet, CVPR 2017.
 *
 * Weights and bias start at U(±1/√fanIn), as those of `Conv2d`.
 * Shape:     [n, in, h, w] or [in, h, w] → [n, out, h′, w′], each extent as in `Conv1d`; depthwise.weight [in · depthMultiplier, 1, kh, kw],
 *            pointwise.weight [out, in · depthMultiplier, 1, 1], pointwise.bias [out]
 * @param inChannels whole number ≥ 1; null: those of the first input, which then has a batch
 * @param outChannels whole number ≥ 1
 * @param kernelSize whole number ≥ 1, or [height, width]
 * @param options.stride whole number ≥ 1 or two, default 1
 * @param options.padding whole number ≥ 0 or two, "same" or "valid", default 0
 * @param options.dilation whole number ≥ 1 or two, default 1
 * @param options.depthMultiplier whole number ≥ 1, default 1
 * @param options.bias default true
 * @param options.activation default "linear": none
 * @param options.depthwiseInitializer default null: U(±1/√fanIn)
 * @param options.pointwiseInitializer default null: U(±1/√fanIn)
 * @param options.biasInitializer default null: U(±1/√fanIn)
 * @param options.weightPenalty what weights add to the loss, such as l2(1e-4), default what the model says; biasPenalty, default nothing
 * @param options.weightConstraint what becomes of weights behind each step, such as maxNorm(3), default nothing; biasConstraint, too
 * @param options.inputShape [channels, h, w], default that of the first input
 * @throws ArgumentError for an unknown option or value; at forward ShapeError for other channels and a kernel that does not fit, DTypeError
 *         for integers
 * @example new SeparableConv2d(3, 16, 3, { padding: 1 }).forward(images).shape   // [2, 16, 28, 28]
 */
export class SeparableConv2d extends Layer<typeof SEPARABLE_CONV2D> {
  static override readonly declaration = SEPARABLE_CONV2D;
  /** The first step. */
  depthwise!: Conv2d;
  /** The second step. */
  pointwise!: Conv2d;
  readonly inputShape: Shape | undefined = this.settings.inputShape;
  /** Initial values depend on the seed at the layer's construction, though the weights may be made later. */
  readonly #seed = currentSeed();

  constructor(inChannels: number | null, outChannels: number, kernelSize: Extents, options?: SeparableConv2dOptions) {
    super(arguments.length, inChannels, outChannels, kernelSize, options);
    checkSame("SeparableConv2d", this.settings);
    activationOf("SeparableConv2d", this.settings.activation);
    if (this.inputShape !== undefined) build(this, [1, ...this.inputShape]);
    else if (inChannels !== null) build(this, []);
  }

  static override stateShapes(settings: Settings, inputShape: Shape) {
    const { outChannels, kernelSize, depthMultiplier, bias } = settings;
    const between = channelsOf("SeparableConv2d", 2, settings.inChannels, inputShape) * depthMultiplier;
    return {
      "depthwise.weight": [between, 1, ...each(kernelSize, 2)],
      "pointwise.weight": [outChannels, between, 1, 1],
      "pointwise.bias": bias ? [outChannels] : null,
    };
  }

  override build(inputShape: Shape): void {
    const { outChannels, kernelSize, stride, padding, dilation, depthMultiplier, bias, activation, biasInitializer } = this.settings;
    const { depthwiseInitializer, pointwiseInitializer, weightPenalty, weightConstraint, biasPenalty, biasConstraint } = this.settings;
    const channels = channelsOf(this.op, 2, this.settings.inChannels, inputShape);
    const between = channels * depthMultiplier;
    const window = { stride, padding, dilation, groups: channels, weightPenalty, weightConstraint };
    underSeed(this.#seed, () => {
      this.depthwise = new Conv2d(channels, between, kernelSize, { ...window, bias: false, weightInitializer: depthwiseInitializer });
      const start = { weightInitializer: pointwiseInitializer, biasInitializer };
      const rules = { weightPenalty, weightConstraint, biasPenalty, biasConstraint };
      this.pointwise = new Conv2d(between, outChannels, 1, { bias, activation, ...start, ...rules });
    });
  }

  override inputShapeFrom(state: ReadonlyMap<string, Tensor>): Shape | null {
    const weight = state.get("depthwise.weight");
    return weight === undefined ? null : [1, weight.shape[0] / this.settings.depthMultiplier, 0, 0];
  }

  override expects(): Shape | null {
    return knownExtents(super.expects());
  }

  protected override resultShape(inputShape: Shape): Shape {
    if (this.built) return this.pointwise.outputShape(this.depthwise.outputShape(inputShape));
    const shapes = SeparableConv2d.stateShapes(this.settings, inputShape);
    const sweep = { ...this.settings, groups: shapes["depthwise.weight"][0] / this.settings.depthMultiplier };
    const { output } = geometryOf(this.op, inputShape, shapes["depthwise.weight"], sweep);
    return [...inputShape.slice(0, -3), this.settings.outChannels, ...output];
  }

  protected override resultType(dtype: DType): DType {
    checkFloating(this.op, { dtype });
    return dtype;
  }

  forward(x: Tensor): Tensor {
    const result = this.pointwise.forward(this.depthwise.forward(x));
    if (x.rank === 4) build(this, x.shape);
    return result;
  }
}
