import { Sequential } from "../model/sequential.js";
import { Conv2d, Dropout, GlobalAvgPool2d, Linear, MaxPool2d } from "../nn/index.js";
import { Layer } from "../nn/layer.js";
import { Module } from "../nn/module.js";
import { sampleShape } from "../nn/options.js";
import { concat } from "../ops/joining.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, count, number } from "../options/kinds.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { BasicConv2d } from "./basicConv.js";
import { Network } from "./network.js";

const INCEPTION_RESNET_BLOCK = declare(
  "InceptionResNetBlock",
  {
    /** "a" is the paper's for the largest planes (3 × 3), "b" for those behind (1 × 7 and 7 × 1), "c" for the smallest (1 × 3 and 3 × 1). Default "a". */
    kind: choice(["a", "b", "c"], { default: "a" }),
    /** Channels of the branches, in units of the paper's narrowest. Default 32. */
    width: count({ default: 32 }),
    /** Factor of what is added: small ones keep deep nets stable, > 0. Default 0.17. */
    scale: number({ default: 0.17, above: 0 }),
  },
  { inChannels: count({ required: true }) },
);

/** Options of `InceptionResNetBlock`. */
export interface InceptionResNetBlockOptions extends OptionsOf<typeof INCEPTION_RESNET_BLOCK> {}

/**
 * Branches of convolutions side by side, brought back to the channels of x by a 1 × 1 convolution and added to it:
 * relu(x + scale · conv(concat(branches(x)))). Szegedy et al., AAAI 2017: Inception-ResNet, figures 10 to 13 and 16 to 19.
 * Shape:     [n, inChannels, h, w] → same
 * @param inChannels whole number ≥ 1
 * @param options.kind "a", "b" or "c", default "a"
 * @param options.width channels of the narrowest branch, default 32
 * @param options.scale factor of what is added, > 0, default 0.17
 * @throws ArgumentError; at forward ShapeError for other channels
 * @example new InceptionResNetBlock(64, { kind: "b", width: 16 }).forward(randn([2, 64, 8, 8])).shape   // [2, 64, 8, 8]
 */
export class InceptionResNetBlock extends Layer<typeof INCEPTION_RESNET_BLOCK> {
  static override readonly declaration = INCEPTION_RESNET_BLOCK;
  readonly branches: readonly Module[];
  readonly project: Conv2d;

  constructor(inChannels: number, options?: InceptionResNetBlockOptions) {
    super(arguments.length, inChannels, options);
    const { kind, width } = this.settings;
    const one = (channels: number): BasicConv2d => new BasicConv2d(inChannels, channels, 1);
    const square = (before: number, channels: number): BasicConv2d => new BasicConv2d(before, channels, 3, { padding: 1 });
    // Two windows along one axis each see what a square one sees.
    const crossed = (k: number): Sequential =>
      new Sequential([
        one(4 * width),
        new BasicConv2d(4 * width, 4 * width, [1, k], { padding: [0, (k - 1) / 2] }),
        new BasicConv2d(4 * width, 4 * width, [k, 1], { padding: [(k - 1) / 2, 0] }),
      ]);
    if (kind === "a") {
      const twice = new Sequential([one(width), square(width, width), square(width, width)]);
      this.branches = [one(width), new Sequential([one(width), square(width, width)]), twice];
    } else {
      this.branches = [one(4 * width), crossed(kind === "b" ? 7 : 3)];
    }
    this.project = new Conv2d(kind === "a" ? 3 * width : 8 * width, inChannels, 1);
  }

  protected override resultShape(inputShape: Shape): Shape {
    const [n, , ...extents] = this.branches[0].outputShape(inputShape);
    return [n, this.settings.inChannels, ...extents];
  }

  forward(x: Tensor): Tensor {
    const joined = concat(
      this.branches.map((branch) => branch.forward(x)),
      1,
    );
    return x.add(this.project.forward(joined).mul(this.settings.scale)).relu();
  }
}

const INCEPTION_RESNET = declare("InceptionResNet", {
  /** Blocks of each of the three kinds. Default 2. */
  blocks: count({ default: 2 }),
  /** Channels of the narrowest branch. Default 16. */
  width: count({ default: 16 }),
  /** Probability of dropping in front of the last layer, 0 … 1. Default 0.2. */
  dropout: number({ default: 0.2, min: 0, max: 1 }),
  /** Classes that are told apart. Default 10. */
  classes: count({ default: 10 }),
  /** Extents of one sample, channels first. Images of other extents are taken, too. Default [3, 32, 32]. */
  inputShape: sampleShape({ default: [3, 32, 32], aka: ["inChannels"] }),
});

/** Options of `inceptionResNet`. */
export interface InceptionResNetOptions extends OptionsOf<typeof INCEPTION_RESNET> {}

/** The model that `inceptionResNet` makes. @example new InceptionResNet({ width: 8 }).outputShape([1, 3, 32, 32]);   // [1, 10] */
export class InceptionResNet extends Network<typeof INCEPTION_RESNET> {
  static override readonly type = "InceptionResNet";
  static override readonly capturable = true;
  static override readonly declaration = INCEPTION_RESNET;
  readonly stem: BasicConv2d;
  readonly stageA: Sequential;
  readonly reductionA: Reduction;
  readonly stageB: Sequential;
  readonly reductionB: Reduction;
  readonly stageC: Sequential;
  readonly avgpool = new GlobalAvgPool2d();
  readonly dropout: Dropout;
  readonly fc: Linear;

  constructor(options?: InceptionResNetOptions) {
    super(arguments.length, options);
    const { blocks, width, dropout, classes, inputShape } = this.settings;
    const stage = (channels: number, kind: "a" | "b" | "c", scale: number): Sequential =>
      new Sequential(Array.from({ length: blocks }, () => new InceptionResNetBlock(channels, { kind, width, scale })));
    this.stem = new BasicConv2d(inputShape[0], 4 * width, 3, { padding: 1, inputShape });
    this.stageA = stage(4 * width, "a", 0.17);
    this.reductionA = new Reduction(4 * width);
    this.stageB = stage(8 * width, "b", 0.1);
    this.reductionB = new Reduction(8 * width);
    this.stageC = stage(16 * width, "c", 0.2);
    this.dropout = new Dropout(dropout);
    this.fc = new Linear(16 * width, classes);
  }
}

/**
 * A small Inception-ResNet for small images: three stages of `InceptionResNetBlock`s of the kinds a, b and c, each reduction between them
 * half the extents and twice the channels. The blocks are those of Szegedy et al., AAAI 2017, in other numbers.
 * Shape:     [n, 3, 32, 32] → logits [n, classes]; other extents are taken, too
 * @param options.blocks of each kind, default 2
 * @param options.width channels of the narrowest branch, default 16
 * @param options.dropout 0 … 1, default 0.2
 * @param options.classes default 10
 * @param options.inputShape default [3, 32, 32]
 * @throws ArgumentError for an unknown option or value
 * @example inceptionResNet({ blocks: 1, width: 4 }).forward(randn([2, 3, 32, 32])).shape   // [2, 10]
 */
export function inceptionResNet(options?: InceptionResNetOptions): InceptionResNet {
  checkArity("inceptionResNet", arguments.length, 1);
  return new InceptionResNet(options);
}

/** Twice the channels, half the extents: a convolution and a pooling side by side. */
class Reduction extends Module {
  static override readonly capturable = true;
  readonly conv: BasicConv2d;
  readonly pool = new MaxPool2d(3, { stride: 2, padding: 1 });

  constructor(channels: number) {
    super();
    this.conv = new BasicConv2d(channels, channels, 3, { padding: 1, stride: 2 });
  }

  override outputShape(inputShape: Shape): Shape {
    const [n, channels, ...extents] = this.pool.outputShape(inputShape);
    return [n, 2 * channels, ...extents];
  }

  forward(x: Tensor): Tensor {
    return concat([this.conv.forward(x), this.pool.forward(x)], 1);
  }
}
