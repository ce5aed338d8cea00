import { BatchNorm2d, Conv2d } from "../nn/index.js";
import type { Extents } from "../ops/window.js";
import type { Shape } from "../tensor/shape.js";
import { Chain } from "./chain.js";
import { heByFanOut } from "./initial.js";

/** A convolution without bias, batch normalisation and relu, as torchvision's BasicConv2d. */
export class BasicConv2d extends Chain {
  static override readonly capturable = true;
  readonly conv: Conv2d;
  readonly bn: BatchNorm2d;

  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Extents,
    options: { padding?: Extents; stride?: number; inputShape?: Shape } = {},
  ) {
    super();
    this.conv = new Conv2d(inChannels, outChannels, kernelSize, { ...options, bias: false, weightInitializer: heByFanOut });
    this.bn = new BatchNorm2d(outChannels, { epsilon: 1e-3, activation: "relu" });
  }
}
