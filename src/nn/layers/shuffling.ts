import { channelShuffle, FACTOR, pixelShuffle, pixelUnshuffle } from "../../ops/shuffling.js";
import { declare } from "../../options/declare.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Composed } from "../composed.js";

const PIXEL_SHUFFLE = declare("PixelShuffle", {}, { upscaleFactor: FACTOR });

/**
 * Channels to pixels, as torch.nn.PixelShuffle; `pixelShuffle` is the function. Shi et al., arXiv 1609.05158, 2016.
 * Shape:     [..., c · upscaleFactor², h, w] → [..., c, h · upscaleFactor, w · upscaleFactor]
 * @param upscaleFactor whole number ≥ 1
 * @throws ArgumentError, at forward ShapeError for channels that upscaleFactor² does not divide
 * @example new PixelShuffle(2).forward(ones([1, 8, 3, 3])).shape   // [1, 2, 6, 6]
 */
export class PixelShuffle extends Composed<typeof PIXEL_SHUFFLE> {
  static override readonly declaration = PIXEL_SHUFFLE;

  constructor(upscaleFactor: number) {
    super(arguments.length, upscaleFactor);
  }

  protected compute(x: Tensor): Tensor {
    return pixelShuffle(x, this.settings.upscaleFactor);
  }

  forward(x: Tensor): Tensor {
    return this.compute(x);
  }
}

const PIXEL_UNSHUFFLE = declare("PixelUnshuffle", {}, { downscaleFactor: FACTOR });

/**
 * Pixels to channels, as torch.nn.PixelUnshuffle; `pixelUnshuffle` is the function.
 * Shape:     [..., c, h · downscaleFactor, w · downscaleFactor] → [..., c · downscaleFactor², h, w]
 * @param downscaleFactor whole number ≥ 1
 * @throws ArgumentError, at forward ShapeError for a height or width that downscaleFactor does not divide
 * @example new PixelUnshuffle(2).forward(ones([1, 2, 6, 6])).shape   // [1, 8, 3, 3]
 */
export class PixelUnshuffle extends Composed<typeof PIXEL_UNSHUFFLE> {
  static override readonly declaration = PIXEL_UNSHUFFLE;

  constructor(downscaleFactor: number) {
    super(arguments.length, downscaleFactor);
  }

  protected compute(x: Tensor): Tensor {
    return pixelUnshuffle(x, this.settings.downscaleFactor);
  }

  forward(x: Tensor): Tensor {
    return this.compute(x);
  }
}

const CHANNEL_SHUFFLE = declare("ChannelShuffle", {}, { groups: FACTOR });

/**
 * Channels in another order, as torch.nn.ChannelShuffle: the first of each group, then the second of each, and so on; `channelShuffle` is
 * the function. Zhang et al., arXiv 1707.01083, 2017.
 * Shape:     [n, channels, ...] → same
 * @param groups whole number ≥ 1 that divides the channels
 * @throws ArgumentError, at forward ShapeError for groups that do not divide the channels
 * @example new ChannelShuffle(2).forward(tensor([[1, 2, 3, 4]]));   // [[1, 3, 2, 4]]
 */
export class ChannelShuffle extends Composed<typeof CHANNEL_SHUFFLE> {
  static override readonly declaration = CHANNEL_SHUFFLE;

  constructor(groups: number) {
    super(arguments.length, groups);
  }

  protected compute(x: Tensor): Tensor {
    return channelShuffle(x, this.settings.groups);
  }

  forward(x: Tensor): Tensor {
    return this.compute(x);
  }
}
