import { checkTensor } from "../../ops/operands.js";
import { type Shape, sizeOf } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Module } from "../module.js";

/**
 * All axes behind the batch as one; nothing is copied.
 * Shape:     [n, ...] → [n, product]; [n] → [n, 1]
 * @example new Sequential([new Flatten(), new Dense(10)])
 */
export class Flatten extends Module {
  static readonly type: string = "Flatten";

  override outputShape(inputShape: Shape): Shape {
    return inputShape.length === 0 ? [1, 1] : [inputShape[0], sizeOf(inputShape.slice(1))];
  }

  config(): Record<string, never> {
    return {};
  }

  forward(x: Tensor): Tensor {
    checkTensor("Flatten", "x", x);
    return x.reshape(this.outputShape(x.shape));
  }
}
