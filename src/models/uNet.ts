import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { Conv2d, ConvTranspose2d, MaxPool2d } from "../nn/index.js";
import { sampleShape } from "../nn/options.js";
import { concat } from "../ops/joining.js";
import { checkTensor } from "../ops/operands.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count, number } from "../options/kinds.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { BasicConv2d } from "./basicConv.js";
import { Chain } from "./chain.js";
import { Network } from "./network.js";

const U_NET = declare("UNet", {
  /** How often the extents are halved, and doubled again: 1 … 10. Default 3. */
  depth: number({ default: 3, whole: true, min: 1, max: 10 }),
  /** Channels at full resolution; each halving doubles them. Default 16. */
  width: count({ default: 16 }),
  /** Classes of a pixel. Default 1: the logit of a mask. */
  classes: count({ default: 1 }),
  /** Extents of one sample, channels first. Images of other extents are taken, too. Default [3, 64, 64]. */
  inputShape: sampleShape({ default: [3, 64, 64], aka: ["inChannels"] }),
});

/** Options of `uNet`. */
export interface UNetOptions extends OptionsOf<typeof U_NET> {}

/** The model that `uNet` makes. @example new UNet({ depth: 2, width: 4 }).outputShape([1, 3, 16, 16]);   // [1, 1, 16, 16] */
export class UNet extends Network<typeof U_NET> {
  static override readonly type = "UNet";
  static override readonly capturable = true;
  static override readonly declaration = U_NET;
  readonly pool = new MaxPool2d(2);
  /** At each resolution, from the whole one; the last is the bottom. */
  readonly down: readonly DoubleConv[];
  /** Twice the extents, from the resolution below: in the order of `down`. */
  readonly up: readonly ConvTranspose2d[];
  /** Behind what comes from below and what stood there on the way down. */
  readonly joined: readonly DoubleConv[];
  readonly head: Conv2d;

  constructor(options?: UNetOptions) {
    super(arguments.length, options);
    const { depth, width, classes, inputShape } = this.settings;
    const channels = Array.from({ length: depth + 1 }, (_, level) => width << level);
    this.down = channels.map((own, level) => (level === 0 ? new DoubleConv(inputShape[0], own, inputShape) : new DoubleConv(own / 2, own)));
    const levels = channels.slice(0, -1);
    this.up = levels.map((own) => new ConvTranspose2d(2 * own, own, 2, { stride: 2 }));
    this.joined = levels.map((own) => new DoubleConv(2 * own, own));
    this.head = new Conv2d(width, classes, 1);
  }

  override expects(): Shape {
    return this.settings.inputShape;
  }

  protected override resultShape(inputShape: Shape): Shape {
    const [n, , ...extents] = this.down[0].outputShape(inputShape);
    const { depth, classes } = this.settings;
    const step = 1 << depth;
    if (extents.every((extent) => extent % step === 0)) return [n, classes, ...extents];
    const mend = `Pad the images to ${extents.map((extent) => Math.ceil(extent / step) * step).join(" × ")}.`;
    throw new ShapeError(message("UNet", `x has shape ${shapeText(inputShape)}; expected extents that ${step} divides`, mend));
  }

  override forward(x: Tensor): Tensor {
    checkTensor("UNet", "x", x);
    this.resultShape(x.shape);
    const levels = [this.down[0].forward(x)];
    for (const level of this.down.slice(1)) levels.push(level.forward(this.pool.forward(levels[levels.length - 1])));
    let y = levels.pop() as Tensor;
    for (let level = levels.length - 1; level >= 0; level--) {
      y = this.joined[level].forward(concat([levels[level], this.up[level].forward(y)], 1));
    }
    return this.head.forward(y);
  }
}

/**
 * A small U-Net, which gives each pixel a class: convolutions and poolings on the way down, transposed convolutions on the way up, where what
 * stood at the same resolution before comes beside. With padding, so that the extents stay, and with batch normalisation, unlike the paper's.
 * Ronneberger, Fischer and Brox, MICCAI 2015.
 * Shape:     [n, channels, h, w] → logits [n, classes, h, w]; 2^depth divides h and w
 * @param options.depth how often the extents are halved, default 3
 * @param options.width channels at full resolution, default 16
 * @param options.classes default 1, for `binaryCrossEntropy`
 * @param options.inputShape default [3, 64, 64]
 * @throws ArgumentError for an unknown option or value; at forward ShapeError for extents that 2^depth does not divide
 * @example uNet({ depth: 2, width: 4 }).forward(randn([2, 3, 16, 16])).shape   // [2, 1, 16, 16]
 */
export function uNet(options?: UNetOptions): UNet {
  checkArity("uNet", arguments.length, 1);
  return new UNet(options);
}

/** Two 3 × 3 convolutions, each with batch normalisation and relu. */
class DoubleConv extends Chain {
  static override readonly capturable = true;
  readonly first: BasicConv2d;
  readonly second: BasicConv2d;

  constructor(inChannels: number, channels: number, inputShape?: Shape) {
    super();
    this.first = new BasicConv2d(inChannels, channels, 3, inputShape === undefined ? { padding: 1 } : { padding: 1, inputShape });
    this.second = new BasicConv2d(channels, channels, 3, { padding: 1 });
  }
}
