import { checkArray } from "../../errors/check.js";
import { ArgumentError, ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { checkTensor } from "../../ops/operands.js";
import { type Shape, sizeOf } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Module } from "../module.js";

export interface ReshapeConfig {
  shape: Shape;
}

/**
 * Each sample under another shape; nothing is copied.
 * Shape:     [n, ...] → [n, ...shape]
 * @param shape extents of a sample, without the batch; one may be −1 and is inferred
 * @throws ArgumentError for other extents; at forward ShapeError if the sizes differ
 * @example new Sequential([new Reshape([1, 28, 28])])
 */
export class Reshape extends Module {
  static readonly type: string = "Reshape";
  readonly shape: Shape;

  constructor(shape: Shape) {
    super();
    checkArray("Reshape", "shape", shape, "new Reshape([1, 28, 28])");
    const known = shape.every((extent) => Number.isInteger(extent) && (extent >= 1 || extent === -1));
    if (!known || shape.filter((extent) => extent === -1).length > 1) {
      throw new ArgumentError(message("Reshape", `shape is ${shapeText(shape)}; expected whole numbers ≥ 1, of which one may be −1`));
    }
    this.shape = [...shape];
  }

  static fromConfig(config: ReshapeConfig): Reshape {
    return new Reshape(config.shape);
  }

  config(): ReshapeConfig {
    return { shape: this.shape };
  }

  override outputShape(inputShape: Shape): Shape {
    const size = sizeOf(inputShape.slice(1));
    const rest = sizeOf(this.shape.filter((extent) => extent !== -1));
    const shape = this.shape.map((extent) => (extent === -1 ? size / rest : extent));
    if (sizeOf(shape) === size && shape.every(Number.isInteger)) return [...inputShape.slice(0, 1), ...shape];
    throw new ShapeError(
      message(
        "Reshape",
        `a sample of shape ${shapeText(inputShape.slice(1))} holds ${size} elements, which do not fill ${shapeText(this.shape)}`,
      ),
    );
  }

  forward(x: Tensor): Tensor {
    checkTensor("Reshape", "x", x);
    return x.reshape(this.outputShape(x.shape));
  }
}
