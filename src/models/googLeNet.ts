import { Sequential } from "../model/sequential.js";
import { Dropout, GlobalAvgPool2d, Linear, MaxPool2d } from "../nn/index.js";
import { Layer } from "../nn/layer.js";
import { sampleShape } from "../nn/options.js";
import { concat } from "../ops/joining.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count, number } from "../options/kinds.js";
import { type OptionSpec, option } from "../options/option.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { BasicConv2d } from "./basicConv.js";
import { Network } from "./network.js";

/** The channels of the branches: 1 × 1; 1 × 1 and 3 × 3 behind it; the same again; 1 × 1 behind a pooling. */
type Branches = readonly [number, number, number, number, number, number];

const INCEPTION = declare(
  "Inception",
  {},
  {
    inChannels: count({ required: true }),
    branches: option<Branches, OptionSpec<Branches> & { required: true }>("six whole numbers ≥ 1", areBranches, {
      required: true,
      mend: () => "Write new Inception(192, [64, 96, 128, 16, 32, 32]).",
    }),
  },
);

/**
 * GoogLeNet's block, as torchvision has it: four branches side by side, joined along the channels: a 1 × 1 convolution; a 1 × 1 and a 3 × 3;
 * the same with channels of its own (5 × 5 in the paper); a pooling and a 1 × 1. Each is followed by batch normalisation and relu.
 * Szegedy et al., CVPR 2015.
 * Shape:     [n, inChannels, h, w] → [n, sum of the branches' results, h, w]
 * @param inChannels whole number ≥ 1
 * @param branches channels of the convolutions [1 × 1, before the 3 × 3, 3 × 3, before the second 3 × 3, second 3 × 3, behind the pooling]
 * @throws ArgumentError; at forward ShapeError for other channels
 * @example new Inception(192, [64, 96, 128, 16, 32, 32]).forward(randn([1, 192, 7, 7])).shape   // [1, 256, 7, 7]
 */
export class Inception extends Layer<typeof INCEPTION> {
  static override readonly declaration = INCEPTION;
  readonly branch1: BasicConv2d;
  readonly branch2: Sequential;
  readonly branch3: Sequential;
  readonly branch4: Sequential;

  constructor(inChannels: number, branches: Branches) {
    super(arguments.length, inChannels, branches);
    const [one, before, three, beforeSecond, second, pooled] = branches;
    const narrowed = (between: number, result: number): Sequential =>
      new Sequential([new BasicConv2d(inChannels, between, 1), new BasicConv2d(between, result, 3, { padding: 1 })]);
    this.branch1 = new BasicConv2d(inChannels, one, 1);
    this.branch2 = narrowed(before, three);
    this.branch3 = narrowed(beforeSecond, second);
    this.branch4 = new Sequential([new MaxPool2d(3, { stride: 1, padding: 1, ceilMode: true }), new BasicConv2d(inChannels, pooled, 1)]);
  }

  protected override resultShape(inputShape: Shape): Shape {
    const [one, , three, , second, pooled] = this.settings.branches;
    const [n, , ...extents] = this.branch1.outputShape(inputShape);
    return [n, one + three + second + pooled, ...extents];
  }

  forward(x: Tensor): Tensor {
    return concat(
      [this.branch1, this.branch2, this.branch3, this.branch4].map((branch) => branch.forward(x)),
      1,
    );
  }
}

const GOOG_LE_NET = declare("GoogLeNet", {
  /** Probability of dropping in front of the last layer, 0 … 1. Default 0.2. */
  dropout: number({ default: 0.2, min: 0, max: 1 }),
  /** Classes that are told apart. Default 1000. */
  classes: count({ default: 1000, aka: ["numClasses"] }),
  /** Extents of one sample, channels first. Images of other extents are taken, too. Default [3, 224, 224]. */
  inputShape: sampleShape({ default: [3, 224, 224], aka: ["inChannels"] }),
});

/** Options of `googLeNet`. */
export interface GoogLeNetOptions extends OptionsOf<typeof GOOG_LE_NET> {}

/** The model that `googLeNet` makes. @example new GoogLeNet({ classes: 10 }).fc.weight.shape   // [10, 1024] */
export class GoogLeNet extends Network<typeof GOOG_LE_NET> {
  static override readonly type = "GoogLeNet";
  static override readonly capturable = true;
  static override readonly declaration = GOOG_LE_NET;
  readonly conv1: BasicConv2d;
  readonly maxpool1 = halving();
  readonly conv2 = new BasicConv2d(64, 64, 1);
  readonly conv3 = new BasicConv2d(64, 192, 3, { padding: 1 });
  readonly maxpool2 = halving();
  readonly inception3a = new Inception(192, [64, 96, 128, 16, 32, 32]);
  readonly inception3b = new Inception(256, [128, 128, 192, 32, 96, 64]);
  readonly maxpool3 = halving();
  readonly inception4a = new Inception(480, [192, 96, 208, 16, 48, 64]);
  readonly inception4b = new Inception(512, [160, 112, 224, 24, 64, 64]);
  readonly inception4c = new Inception(512, [128, 128, 256, 24, 64, 64]);
  readonly inception4d = new Inception(512, [112, 144, 288, 32, 64, 64]);
  readonly inception4e = new Inception(528, [256, 160, 320, 32, 128, 128]);
  readonly maxpool4 = new MaxPool2d(2, { stride: 2, ceilMode: true });
  readonly inception5a = new Inception(832, [256, 160, 320, 32, 128, 128]);
  readonly inception5b = new Inception(832, [384, 192, 384, 48, 128, 128]);
  readonly avgpool = new GlobalAvgPool2d();
  readonly dropout: Dropout;
  readonly fc: Linear;

  constructor(options?: GoogLeNetOptions) {
    super(arguments.length, options);
    const { dropout, classes, inputShape } = this.settings;
    this.conv1 = new BasicConv2d(inputShape[0], 64, 7, { stride: 2, padding: 3, inputShape });
    this.dropout = new Dropout(dropout);
    this.fc = new Linear(1024, classes);
  }
}

/**
 * GoogLeNet as torchvision has it, with batch normalisation and its names, without the auxiliary classifiers: 6,624,904 parameters. Of a file
 * of torchvision's weights, leave out what begins with "aux"; these weights expect pixels from −1 to 1. Szegedy et al., CVPR 2015.
 * Shape:     [n, 3, 224, 224] → logits [n, classes]; other extents from 32 on are taken, too
 * @param options.dropout 0 … 1, default 0.2
 * @param options.classes default 1000
 * @param options.inputShape default [3, 224, 224]
 * @throws ArgumentError for an unknown option or value
 * @example googLeNet({ classes: 10 }).outputShape([1, 3, 64, 64]);   // [1, 10]
 */
export function googLeNet(options?: GoogLeNetOptions): GoogLeNet {
  checkArity("googLeNet", arguments.length, 1);
  return new GoogLeNet(options);
}

function halving(): MaxPool2d {
  return new MaxPool2d(3, { stride: 2, ceilMode: true });
}

function areBranches(value: unknown): boolean {
  return Array.isArray(value) && value.length === 6 && value.every((n) => Number.isSafeInteger(n) && n >= 1);
}
