import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { Sequential } from "../model/sequential.js";
import { BatchNorm2d, Conv2d, GlobalAvgPool2d, Linear } from "../nn/index.js";
import { sampleShape } from "../nn/options.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, count, flag } from "../options/kinds.js";
import { heByFanOut } from "./initial.js";
import { Network } from "./network.js";
import { BasicBlock } from "./residual.js";

const CIFAR_RESNET = declare("CifarResNet", {
  /** 6 n + 2 layers with weights: 20, 32, 44, 56, 110 in the paper. Default 20. */
  depth: count({ default: 20 }),
  /** Whether inputs of blocks are added to their results; without, it is the paper's plain net. Default true. */
  skip: flag({ default: true }),
  /** The shortcut where a stage begins: "padding" (option A) has no parameters, "projection" (option B) is a 1 × 1 convolution. Default "padding". */
  shortcut: choice(["padding", "projection"], { default: "padding" }),
  /** Channels of the first stage; each stage has twice those before. Default 16. */
  width: count({ default: 16 }),
  /** Classes that are told apart. Default 10. */
  classes: count({ default: 10 }),
  /** Extents of one sample, channels first. Images of other extents are taken, too. Default [3, 32, 32]. */
  inputShape: sampleShape({ default: [3, 32, 32], aka: ["inChannels"] }),
});

/** Options of `cifarResNet`, the depth among them. */
export interface CifarResNetOptions extends OptionsOf<typeof CIFAR_RESNET> {}

/** The model that `cifarResNet` makes. @example new CifarResNet({ depth: 20 }).fc.weight.shape   // [10, 64] */
export class CifarResNet extends Network<typeof CIFAR_RESNET> {
  static override readonly type = "CifarResNet";
  static override readonly capturable = true;
  static override readonly declaration = CIFAR_RESNET;
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly layer1: Sequential;
  readonly layer2: Sequential;
  readonly layer3: Sequential;
  readonly avgpool = new GlobalAvgPool2d();
  readonly fc: Linear;

  constructor(options?: CifarResNetOptions) {
    super(arguments.length, options);
    const { depth, width, classes, inputShape } = this.settings;
    const blocks = (depth - 2) / 6;
    if (!Number.isInteger(blocks) || blocks < 1) throw wrongDepth(depth);
    const start = { padding: 1, bias: false, weightInitializer: heByFanOut, inputShape };
    this.conv1 = new Conv2d(inputShape[0], width, 3, start);
    this.bn1 = new BatchNorm2d(width, { activation: "relu" });
    this.layer1 = this.#stage(width, width, blocks);
    this.layer2 = this.#stage(width, 2 * width, blocks);
    this.layer3 = this.#stage(2 * width, 4 * width, blocks);
    this.fc = new Linear(4 * width, classes);
  }

  /** Where the channels grow, the first block halves the extents. */
  #stage(inChannels: number, channels: number, blocks: number): Sequential {
    const shortcut = this.settings.skip ? this.settings.shortcut : "none";
    const first = new BasicBlock(inChannels, channels, { stride: inChannels === channels ? 1 : 2, shortcut });
    const others = Array.from({ length: blocks - 1 }, () => new BasicBlock(channels, channels, { shortcut }));
    return new Sequential([first, ...others]);
  }
}

/**
 * The residual net for small images: three stages of `BasicBlock`s, 6 n + 2 layers with weights. He et al., CVPR 2016, section 4.2.
 * With the paper's shortcuts ("padding", its option A) depth 20 has 269,722 parameters, 56 has 853,018, 110 has 1,727,962.
 * Shape:     [n, 3, 32, 32] → logits [n, classes]; other extents are taken, too
 * @param depth 20, 32, 44, 56, 110 or another 6 n + 2
 * @param options.skip default true; false makes the paper's plain net, which a greater depth makes worse
 * @param options.shortcut "padding" or "projection", default "padding"
 * @param options.width channels of the first stage, default 16
 * @param options.classes default 10
 * @param options.inputShape default [3, 32, 32]
 * @throws ArgumentError for another depth or an unknown option
 * @example cifarResNet(20).forward(randn([2, 3, 32, 32])).shape   // [2, 10]
 */
export function cifarResNet(depth: number, options?: Omit<CifarResNetOptions, "depth">): CifarResNet {
  checkArity("cifarResNet", arguments.length, 2);
  return new CifarResNet({ ...CIFAR_RESNET.readOptions(options, "cifarResNet"), depth });
}

function wrongDepth(depth: number): ArgumentError {
  const below = 6 * Math.max(1, Math.floor((depth - 2) / 6)) + 2;
  return new ArgumentError(message("CifarResNet", `depth is ${depth}; expected 6 n + 2`, `Take ${below} or ${below + 6}.`));
}
