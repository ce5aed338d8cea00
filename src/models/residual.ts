import { Sequential } from "../model/sequential.js";
import { BatchNorm2d, Conv2d } from "../nn/index.js";
import { Layer } from "../nn/layer.js";
import type { Module } from "../nn/module.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, count } from "../options/kinds.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { heByFanOut } from "./initial.js";

/** The blocks of residual nets, with torchvision's names: y = relu(body(x) + shortcut(x)). He et al., CVPR 2016. */

const channels = {
  inChannels: count({ required: true }),
  channels: count({ required: true }),
};

const stride = count({ default: 1 });

const BASIC_BLOCK = declare(
  "BasicBlock",
  {
    /** Of the first convolution. Default 1. */
    stride,
    /**
     * What is added where the extents or channels change: "projection" is a 1 × 1 convolution (the paper's option B), "padding" every
     * stride-th element with channels of zeros around (option A, without parameters); "none" adds nothing anywhere, which makes a plain net.
     * Default "projection".
     */
    shortcut: choice(["projection", "padding", "none"], { default: "projection" }),
  },
  channels,
);

/** Options of `BasicBlock`. */
export interface BasicBlockOptions extends OptionsOf<typeof BASIC_BLOCK> {}

/**
 * Two 3 × 3 convolutions beside a shortcut: relu(bn2(conv2(relu(bn1(conv1(x))))) + shortcut(x)), as torchvision's BasicBlock.
 * He et al., CVPR 2016.
 * Shape:     [n, inChannels, h, w] → [n, channels, ⌈h / stride⌉, ⌈w / stride⌉]
 * @param inChannels whole number ≥ 1
 * @param channels whole number ≥ 1
 * @param options.stride whole number ≥ 1, default 1
 * @param options.shortcut "projection", "padding" or "none", default "projection"
 * @throws ArgumentError; at forward ShapeError for other channels
 * @example new BasicBlock(16, 32, { stride: 2 }).forward(randn([2, 16, 8, 8])).shape   // [2, 32, 4, 4]
 */
export class BasicBlock extends Layer<typeof BASIC_BLOCK> {
  static override readonly declaration = BASIC_BLOCK;
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly downsample: Module | null;

  constructor(inChannels: number, channels: number, options?: BasicBlockOptions) {
    super(arguments.length, inChannels, channels, options);
    const { stride, shortcut } = this.settings;
    this.conv1 = convolution(inChannels, channels, 3, stride);
    this.bn1 = new BatchNorm2d(channels, { activation: "relu" });
    this.conv2 = convolution(channels, channels, 3);
    this.bn2 = new BatchNorm2d(channels);
    this.downsample = shortcut === "projection" ? projection(inChannels, channels, stride) : null;
  }

  protected override resultShape(inputShape: Shape): Shape {
    return this.conv2.outputShape(this.conv1.outputShape(inputShape));
  }

  forward(x: Tensor): Tensor {
    const y = this.bn2.forward(this.conv2.forward(this.bn1.forward(this.conv1.forward(x))));
    return (this.settings.shortcut === "none" ? y : y.add(this.#beside(x))).relu();
  }

  #beside(x: Tensor): Tensor {
    const { inChannels, channels, stride, shortcut } = this.settings;
    if (stride === 1 && inChannels === channels) return x;
    if (shortcut === "projection") return (this.downsample as Module).forward(x);
    const step = [null, null, stride] as const;
    const part = x.slice([null, null, step, step]);
    const before = Math.floor((channels - inChannels) / 2);
    return part.pad([[0, 0], [before, channels - inChannels - before], [0, 0], [0, 0]]); // biome-ignore format: a pair an axis
  }
}

const BOTTLENECK = declare(
  "Bottleneck",
  {
    /** Of the 3 × 3 convolution. Default 1. */
    stride,
  },
  channels,
);

/** Options of `Bottleneck`. */
export interface BottleneckOptions extends OptionsOf<typeof BOTTLENECK> {}

/** How many times the channels of its middle a Bottleneck gives. */
const EXPANSION = 4;

/**
 * 1 × 1, 3 × 3 and 1 × 1 convolutions beside a shortcut, as torchvision's Bottleneck: the 3 × 3 works on few channels. Its stride stands in
 * the 3 × 3, unlike the paper's. He et al., CVPR 2016.
 * Shape:     [n, inChannels, h, w] → [n, 4 · channels, ⌈h / stride⌉, ⌈w / stride⌉]
 * @param inChannels whole number ≥ 1
 * @param channels of the middle, whole number ≥ 1
 * @param options.stride whole number ≥ 1, default 1
 * @throws ArgumentError; at forward ShapeError for other channels
 * @example new Bottleneck(64, 32, { stride: 2 }).forward(randn([2, 64, 8, 8])).shape   // [2, 128, 4, 4]
 */
export class Bottleneck extends Layer<typeof BOTTLENECK> {
  static override readonly declaration = BOTTLENECK;
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly conv3: Conv2d;
  readonly bn3: BatchNorm2d;
  readonly downsample: Module | null;

  constructor(inChannels: number, channels: number, options?: BottleneckOptions) {
    super(arguments.length, inChannels, channels, options);
    const { stride } = this.settings;
    this.conv1 = convolution(inChannels, channels, 1);
    this.bn1 = new BatchNorm2d(channels, { activation: "relu" });
    this.conv2 = convolution(channels, channels, 3, stride);
    this.bn2 = new BatchNorm2d(channels, { activation: "relu" });
    this.conv3 = convolution(channels, EXPANSION * channels, 1);
    this.bn3 = new BatchNorm2d(EXPANSION * channels);
    this.downsample = projection(inChannels, EXPANSION * channels, stride);
  }

  protected override resultShape(inputShape: Shape): Shape {
    return this.conv3.outputShape(this.conv2.outputShape(this.conv1.outputShape(inputShape)));
  }

  forward(x: Tensor): Tensor {
    const narrow = this.bn2.forward(this.conv2.forward(this.bn1.forward(this.conv1.forward(x))));
    const y = this.bn3.forward(this.conv3.forward(narrow));
    return y.add(this.downsample?.forward(x) ?? x).relu();
  }
}

/** A convolution in front of a normalisation, which makes a bias of its own idle. An odd kernel keeps the extents but for the stride. */
export function convolution(inChannels: number, outChannels: number, kernelSize: number, stride = 1): Conv2d {
  return new Conv2d(inChannels, outChannels, kernelSize, {
    stride,
    padding: (kernelSize - 1) / 2,
    bias: false,
    weightInitializer: heByFanOut,
  });
}

/** The shortcut where the shape changes; null where x itself can be added. */
function projection(inChannels: number, outChannels: number, stride: number): Module | null {
  if (stride === 1 && inChannels === outChannels) return null;
  return new Sequential([convolution(inChannels, outChannels, 1, stride), new BatchNorm2d(outChannels)]);
}
