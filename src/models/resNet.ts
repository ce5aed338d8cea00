import { Sequential } from "../model/sequential.js";
import { BatchNorm2d, Conv2d, GlobalAvgPool2d, Linear, MaxPool2d } from "../nn/index.js";
import { sampleShape } from "../nn/options.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, count } from "../options/kinds.js";
import { option } from "../options/option.js";
import { heByFanOut } from "./initial.js";
import { Network } from "./network.js";
import { BasicBlock, Bottleneck } from "./residual.js";

const RESNET = declare("ResNet", {
  /** What the stages are made of. Default "basic". */
  block: choice(["basic", "bottleneck"], { default: "basic" }),
  /** How many blocks each of the four stages has. Default [2, 2, 2, 2]. */
  blocks: option<readonly number[], { default: readonly number[] }>("an array of four whole numbers ≥ 1", areBlocks, {
    default: [2, 2, 2, 2],
  }),
  /** Channels of the first stage; each stage has twice those before, and bottlenecks give four times as many. Default 64. */
  width: count({ default: 64 }),
  /** Classes that are told apart. Default 1000. */
  classes: count({ default: 1000, aka: ["numClasses"] }),
  /** Extents of one sample, channels first. Images of other extents are taken, too. Default [3, 224, 224]. */
  inputShape: sampleShape({ default: [3, 224, 224], aka: ["inChannels"] }),
});

/** Options of `ResNet`. */
export interface ResNetOptions extends OptionsOf<typeof RESNET> {}

/** Options of the residual nets of given depths. */
export type ResNetHeadOptions = Pick<ResNetOptions, "classes" | "inputShape">;

const STAGES = 4;

/**
 * A residual net for large images, with torchvision's names, so that a file of its weights loads with no map. He et al., CVPR 2016.
 * `resNet18`, `resNet34` and `resNet50` make those of the paper.
 * Shape:     [n, 3, 224, 224] → logits [n, classes]; other extents from 32 on are taken, too
 * @param options.block "basic" or "bottleneck", default "basic"
 * @param options.blocks of each stage, default [2, 2, 2, 2]
 * @param options.width channels of the first stage, default 64
 * @param options.classes default 1000
 * @param options.inputShape default [3, 224, 224]
 * @throws ArgumentError for an unknown option or value
 * @example new ResNet({ blocks: [1, 1, 1, 1], classes: 10 }).forward(randn([2, 3, 32, 32])).shape   // [2, 10]
 */
export class ResNet extends Network<typeof RESNET> {
  static override readonly type = "ResNet";
  static override readonly capturable = true;
  static override readonly declaration = RESNET;
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly maxpool = new MaxPool2d(3, { stride: 2, padding: 1 });
  readonly layer1: Sequential;
  readonly layer2: Sequential;
  readonly layer3: Sequential;
  readonly layer4: Sequential;
  readonly avgpool = new GlobalAvgPool2d();
  readonly fc: Linear;

  constructor(options?: ResNetOptions) {
    super(arguments.length, options);
    const { block, blocks, width, classes, inputShape } = this.settings;
    const stem = { stride: 2, padding: 3, bias: false, weightInitializer: heByFanOut, inputShape };
    this.conv1 = new Conv2d(inputShape[0], width, 7, stem);
    this.bn1 = new BatchNorm2d(width, { activation: "relu" });
    let inChannels = width;
    const stages = blocks.map((count, stage) => {
      const channels = width << stage;
      const made = Array.from({ length: count }, (_, i) => {
        const stride = stage > 0 && i === 0 ? 2 : 1;
        const [Block, result] = block === "basic" ? [BasicBlock, channels] : [Bottleneck, 4 * channels];
        const next = new Block(inChannels, channels, { stride });
        inChannels = result;
        return next;
      });
      return new Sequential(made);
    });
    [this.layer1, this.layer2, this.layer3, this.layer4] = stages;
    this.fc = new Linear(inChannels, classes);
  }
}

/**
 * ResNet-18, 11,689,512 parameters. He et al., CVPR 2016; see `ResNet`.
 * Shape:     [n, 3, 224, 224] → logits [n, classes]; other extents from 32 on are taken, too
 * @param options.classes default 1000
 * @param options.inputShape default [3, 224, 224]
 * @throws ArgumentError for an unknown option or value
 * @example resNet18({ classes: 10 }).forward(randn([2, 3, 32, 32])).shape   // [2, 10]
 */
export function resNet18(options?: ResNetHeadOptions): ResNet {
  checkArity("resNet18", arguments.length, 1);
  return made("resNet18", options, "basic", [2, 2, 2, 2]);
}

/**
 * ResNet-34, 21,797,672 parameters. He et al., CVPR 2016; see `ResNet`.
 * Shape:     [n, 3, 224, 224] → logits [n, classes]; other extents from 32 on are taken, too
 * @param options.classes default 1000
 * @param options.inputShape default [3, 224, 224]
 * @throws ArgumentError for an unknown option or value
 * @example resNet34({ classes: 10 }).fc.weight.shape   // [10, 512]
 */
export function resNet34(options?: ResNetHeadOptions): ResNet {
  checkArity("resNet34", arguments.length, 1);
  return made("resNet34", options, "basic", [3, 4, 6, 3]);
}

/**
 * ResNet-50, of bottlenecks, 25,557,032 parameters. He et al., CVPR 2016; see `ResNet`.
 * Shape:     [n, 3, 224, 224] → logits [n, classes]; other extents from 32 on are taken, too
 * @param options.classes default 1000
 * @param options.inputShape default [3, 224, 224]
 * @throws ArgumentError for an unknown option or value
 * @example resNet50({ classes: 10 }).fc.weight.shape   // [10, 2048]
 */
export function resNet50(options?: ResNetHeadOptions): ResNet {
  checkArity("resNet50", arguments.length, 1);
  return made("resNet50", options, "bottleneck", [3, 4, 6, 3]);
}

function made(op: string, options: ResNetHeadOptions | undefined, block: "basic" | "bottleneck", blocks: readonly number[]): ResNet {
  const { classes, inputShape } = RESNET.readOptions(options, op);
  return new ResNet({ block, blocks, classes, inputShape });
}

function areBlocks(value: unknown): boolean {
  return Array.isArray(value) && value.length === STAGES && value.every((n) => Number.isSafeInteger(n) && n >= 1);
}
