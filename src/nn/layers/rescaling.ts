import { ArgumentError } from "../../errors/errors.js";
import { kindText, message } from "../../errors/message.js";
import { checkTensor, floating } from "../../ops/operands.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Module } from "../module.js";

export interface RescalingConfig {
  scale: number;
  offset: number;
}

/**
 * y = x · scale + offset, as in Keras; integers become float32 first. In front of a model it lets data stay as small as they are:
 * uint8 images take a quarter of the memory of float32 ones, and `fit` takes the rows of a batch and converts them on all threads.
 * Shape:     any → same
 * @param scale finite, e.g. 1 / 255
 * @param offset finite, default 0
 * @throws ArgumentError for a scale or an offset that is no finite number
 * @example new Sequential([new Rescaling(1 / 255), new Flatten(), new Dense(10)])
 */
export class Rescaling extends Module {
  static readonly type: string = "Rescaling";

  constructor(
    readonly scale: number,
    readonly offset: number = 0,
  ) {
    super();
    for (const [name, value] of Object.entries({ scale, offset })) {
      if (!Number.isFinite(value))
        throw new ArgumentError(
          message("Rescaling", `${name} is ${kindText(value)}; expected a finite number`, "Write new Rescaling(1 / 255)."),
        );
    }
  }

  static fromConfig(config: RescalingConfig): Rescaling {
    return new Rescaling(config.scale, config.offset);
  }

  config(): RescalingConfig {
    return { scale: this.scale, offset: this.offset };
  }

  forward(x: Tensor): Tensor {
    checkTensor("Rescaling", "x", x);
    const scaled = floating(x).mul(this.scale);
    return this.offset === 0 ? scaled : scaled.add(this.offset);
  }
}
