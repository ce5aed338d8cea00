import { Parameter } from "../graph/parameter.js";
import { Sequential } from "../model/sequential.js";
import { Activation, AvgPool2d, Conv2d, Linear, weightStandardization } from "../nn/index.js";
import { Layer } from "../nn/layer.js";
import type { Module } from "../nn/module.js";
import { checkGroups } from "../ops/convGeometry.js";
import { checkTensor } from "../ops/operands.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, count, number } from "../options/kinds.js";
import { zeros } from "../tensor/creation.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";

/** The factor that gives an activation of standard normal numbers the variance 1, from the paper's table. */
const GAMMA = { silu: 1.7881293296813965, gelu: 1.7015043497085571, relu: 1.7139588594436646 };

const NF_BLOCK = declare(
  "NFBlock",
  {
    /** Of the first 3 × 3 convolution. Default 1. */
    stride: number({ default: 1, whole: true, min: 1, max: 2 }),
    /** In front of each convolution. Default "gelu". */
    activation: choice(["gelu", "silu", "relu"], { default: "gelu" }),
    /** Factor of what the block adds, > 0. Default 0.2. */
    alpha: number({ default: 0.2, above: 0 }),
    /** The standard deviation that x is expected to have, by which it is divided: √(1 + alpha² · blocks before), > 0. Default 1. */
    deviation: number({ default: 1, above: 0 }),
    /** Channels of a group of the 3 × 3 convolutions. Default: all of them, half of the block's. */
    groupWidth: count({}),
  },
  { inChannels: count({ required: true }), channels: count({ required: true }) },
);

/** Options of `NFBlock`. */
export interface NFBlockOptions extends OptionsOf<typeof NF_BLOCK> {}

/**
 * The residual block of nets without normalisation, NFNets: activation, then 1 × 1, two 3 × 3 and 1 × 1 convolutions of standardised weights,
 * channels weighed by squeeze and excitation, and a factor that starts at 0, so that the block starts as its shortcut:
 * y = shortcut + alpha · skipGain · 2 · weighed(convolutions(activation(x / deviation))). Brock, De, Smith and Simonyan, ICML 2021.
 * Shape:     [n, inChannels, h, w] → [n, channels, ⌈h / stride⌉, ⌈w / stride⌉]
 * @param inChannels whole number ≥ 1
 * @param channels whole number ≥ 2
 * @param options.stride 1 or 2, default 1; with 2 the extents are even
 * @param options.activation "gelu", "silu" or "relu", default "gelu"
 * @param options.alpha factor of what is added, > 0, default 0.2
 * @param options.deviation expected of x, > 0, default 1
 * @param options.groupWidth channels of a group of the 3 × 3 convolutions, default all
 * @throws ArgumentError; at forward ShapeError for other channels
 * @example new NFBlock(16, 32, { stride: 2 }).forward(randn([2, 16, 8, 8])).shape   // [2, 32, 4, 4]
 */
export class NFBlock extends Layer<typeof NF_BLOCK> {
  static override readonly declaration = NF_BLOCK;
  readonly conv1: Conv2d;
  readonly conv2: Conv2d;
  readonly conv3: Conv2d;
  readonly conv4: Conv2d;
  readonly shortcut: Module | null;
  readonly squeeze: Sequential;
  readonly skipGain = new Parameter(zeros([]));
  readonly #activate: Activation;

  constructor(inChannels: number, channels: number, options?: NFBlockOptions) {
    super(arguments.length, inChannels, channels, options);
    const { stride, activation } = this.settings;
    const middle = Math.max(1, Math.floor(channels / 2));
    const groupWidth = this.settings.groupWidth ?? middle;
    checkGroups("NFBlock", "the channels of the middle", middle, groupWidth);
    const groups = middle / groupWidth;
    const standard = (conv: Conv2d): Conv2d => weightStandardization(conv, { gamma: GAMMA[activation] });
    this.#activate = this.register("activate", new Activation(activation));
    this.conv1 = standard(new Conv2d(inChannels, middle, 1));
    this.conv2 = standard(new Conv2d(middle, middle, 3, { stride, padding: 1, groups }));
    this.conv3 = standard(new Conv2d(middle, middle, 3, { padding: 1, groups }));
    this.conv4 = standard(new Conv2d(middle, channels, 1));
    const project = standard(new Conv2d(inChannels, channels, 1));
    if (stride > 1) this.shortcut = new Sequential([new AvgPool2d(stride), project]);
    else this.shortcut = inChannels === channels ? null : project;
    this.squeeze = new Sequential([
      ...[new Linear(channels, middle), new Activation("relu")],
      ...[new Linear(middle, channels), new Activation("sigmoid")],
    ]);
  }

  protected override resultShape(inputShape: Shape): Shape {
    const [n, , ...extents] = this.conv2.outputShape(this.conv1.outputShape(inputShape));
    return [n, this.settings.channels, ...extents];
  }

  forward(x: Tensor): Tensor {
    checkTensor("NFBlock", "x", x);
    const { alpha, deviation } = this.settings;
    const start = this.#activate.forward(x.div(deviation));
    const narrow = this.#activate.forward(this.conv1.forward(start));
    const seen = this.#activate.forward(this.conv3.forward(this.#activate.forward(this.conv2.forward(narrow))));
    const y = this.conv4.forward(seen);
    const weights = this.squeeze
      .forward(y.mean([2, 3]))
      .unsqueeze(-1)
      .unsqueeze(-1);
    return y
      .mul(weights)
      .mul(this.skipGain.mul(2 * alpha))
      .add(this.shortcut?.forward(start) ?? x);
  }
}
