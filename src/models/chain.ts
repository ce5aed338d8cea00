import { Module } from "../nn/module.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";

/** A module that applies its fields in their order: parts that torchvision gives names, where a Sequential would number them. */
export abstract class Chain extends Module {
  /** Its parts in the order in which they are applied. */
  get layers(): readonly Module[] {
    return [...this.children().values()];
  }

  override outputShape(inputShape: Shape): Shape {
    return this.layers.reduce((shape, layer) => layer.outputShape(shape), inputShape);
  }

  forward(x: Tensor): Tensor {
    return this.layers.reduce((result, layer) => layer.forward(result), x);
  }
}
