import { AvgPool2d, BatchNorm2d, Conv2d, Dropout, GlobalAvgPool2d, Linear, MaxPool2d } from "../nn/index.js";
import type { Module } from "../nn/module.js";
import { sampleShape } from "../nn/options.js";
import { concat } from "../ops/joining.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count, number } from "../options/kinds.js";
import { option } from "../options/option.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Chain } from "./chain.js";
import { Network } from "./network.js";

const DENSE_NET = declare("DenseNet", {
  /** How many layers each block has. Default [6, 12, 24, 16]. */
  blocks: option<readonly number[], { default: readonly number[] }>("an array of whole numbers ≥ 1", areBlocks, {
    default: [6, 12, 24, 16],
  }),
  /** Channels that each layer adds. Default 32. */
  growth: count({ default: 32, aka: ["growthRate"] }),
  /** Channels in front of the first block. Default 64. */
  stem: count({ default: 64, aka: ["numInitFeatures"] }),
  /** Probability of dropping what a layer adds, 0 … 1. Default 0. */
  dropout: number({ default: 0, min: 0, max: 1, aka: ["dropRate"] }),
  /** Classes that are told apart. Default 1000. */
  classes: count({ default: 1000, aka: ["numClasses"] }),
  /** Extents of one sample, channels first. Images of other extents are taken, too. Default [3, 224, 224]. */
  inputShape: sampleShape({ default: [3, 224, 224], aka: ["inChannels"] }),
});

/** Options of `DenseNet`. */
export interface DenseNetOptions extends OptionsOf<typeof DENSE_NET> {}

/** A 1 × 1 convolution in front of the 3 × 3 leaves this many times as many channels as a layer adds. */
const BOTTLENECK = 4;

/**
 * A net whose layers see the results of all layers before them in their block, with torchvision's names, so that a file of its weights loads
 * with no map. Huang et al., CVPR 2017. `denseNet121` makes that of the paper.
 * Shape:     [n, 3, 224, 224] → logits [n, classes]; other extents from 32 on are taken, too
 * @param options.blocks layers of each block, default [6, 12, 24, 16]
 * @param options.growth channels that a layer adds, default 32
 * @param options.stem channels in front of the first block, default 64
 * @param options.dropout 0 … 1, default 0
 * @param options.classes default 1000
 * @param options.inputShape default [3, 224, 224]
 * @throws ArgumentError for an unknown option or value
 * @example new DenseNet({ blocks: [2, 2], growth: 8, stem: 16, classes: 10 }).forward(randn([2, 3, 32, 32])).shape   // [2, 10]
 */
export class DenseNet extends Network<typeof DENSE_NET> {
  static override readonly type = "DenseNet";
  static override readonly capturable = true;
  static override readonly declaration = DENSE_NET;
  readonly features: Features;
  readonly avgpool = new GlobalAvgPool2d();
  readonly classifier: Linear;

  constructor(options?: DenseNetOptions) {
    super(arguments.length, options);
    this.features = new Features(this.settings as Required<DenseNetOptions>);
    this.classifier = new Linear(this.features.channels, this.settings.classes);
  }
}

/**
 * DenseNet-121, 7,978,856 parameters. Huang et al., CVPR 2017; see `DenseNet`.
 * Shape:     [n, 3, 224, 224] → logits [n, classes]; other extents from 32 on are taken, too
 * @param options.dropout 0 … 1, default 0
 * @param options.classes default 1000
 * @param options.inputShape default [3, 224, 224]
 * @throws ArgumentError for an unknown option or value
 * @example denseNet121({ classes: 10 }).classifier.weight.shape   // [10, 1024]
 */
export function denseNet121(options?: Pick<DenseNetOptions, "dropout" | "classes" | "inputShape">): DenseNet {
  checkArity("denseNet121", arguments.length, 1);
  const { dropout, classes, inputShape } = DENSE_NET.readOptions(options, "denseNet121");
  return new DenseNet({ dropout, classes, inputShape });
}

/** The stem, blocks with transitions between them, and a normalisation: conv0, norm0, pool0, denseblock1, transition1, … norm5. */
class Features extends Chain {
  static override readonly capturable = true;
  readonly conv0: Conv2d;
  readonly norm0: BatchNorm2d;
  readonly pool0 = new MaxPool2d(3, { stride: 2, padding: 1 });
  /** Of the result. */
  readonly channels: number;

  constructor({ blocks, growth, stem, dropout, inputShape }: Required<DenseNetOptions>) {
    super();
    this.conv0 = new Conv2d(inputShape[0], stem, 7, { stride: 2, padding: 3, bias: false, weightInitializer: "heNormal", inputShape });
    this.norm0 = new BatchNorm2d(stem, { activation: "relu" });
    const parts: Record<string, Module> = {};
    let channels = stem;
    for (const [i, layers] of blocks.entries()) {
      parts[`denseblock${i + 1}`] = new DenseBlock(channels, layers, growth, dropout);
      channels += layers * growth;
      if (i === blocks.length - 1) break;
      parts[`transition${i + 1}`] = new Transition(channels);
      channels = Math.floor(channels / 2);
    }
    parts[`norm${blocks.length + 1}`] = new BatchNorm2d(channels, { activation: "relu" });
    Object.assign(this, parts);
    this.channels = channels;
  }
}

/** Layers each of which adds channels to those that it was given. */
class DenseBlock extends Chain {
  static override readonly capturable = true;

  constructor(channels: number, layers: number, growth: number, dropout: number) {
    super();
    const parts = Array.from({ length: layers }, (_, i) => [`denselayer${i + 1}`, new DenseLayer(channels + i * growth, growth, dropout)]);
    Object.assign(this, Object.fromEntries(parts));
  }
}

/** [n, channels, h, w] → [n, channels + growth, h, w] */
class DenseLayer extends Chain {
  static override readonly capturable = true;
  readonly norm1: BatchNorm2d;
  readonly conv1: Conv2d;
  readonly norm2: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly dropout: Dropout;

  constructor(channels: number, growth: number, dropout: number) {
    super();
    const start = { bias: false, weightInitializer: "heNormal" } as const;
    this.norm1 = new BatchNorm2d(channels, { activation: "relu" });
    this.conv1 = new Conv2d(channels, BOTTLENECK * growth, 1, start);
    this.norm2 = new BatchNorm2d(BOTTLENECK * growth, { activation: "relu" });
    this.conv2 = new Conv2d(BOTTLENECK * growth, growth, 3, { padding: 1, ...start });
    this.dropout = new Dropout(dropout);
  }

  override outputShape([n, channels, ...extents]: Shape): Shape {
    return [n, channels + this.conv2.outChannels, ...extents];
  }

  override forward(x: Tensor): Tensor {
    return concat([x, super.forward(x)], 1);
  }
}

/** Half the channels, half the extents. */
class Transition extends Chain {
  static override readonly capturable = true;
  readonly norm: BatchNorm2d;
  readonly conv: Conv2d;
  readonly pool = new AvgPool2d(2);

  constructor(channels: number) {
    super();
    this.norm = new BatchNorm2d(channels, { activation: "relu" });
    this.conv = new Conv2d(channels, Math.floor(channels / 2), 1, { bias: false, weightInitializer: "heNormal" });
  }
}

function areBlocks(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((n) => Number.isSafeInteger(n) && n >= 1);
}
