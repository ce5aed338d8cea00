import type { DType } from "../../memory/views.js";
import { checkTensor } from "../../ops/operands.js";
import { declare } from "../../options/declare.js";
import { type Shape, sizeOf } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Layer } from "../layer.js";

const FLATTEN = declare("Flatten", {});

/**
 * All axes behind the batch as one; nothing is copied. (`x.flatten(start, end)` joins other axes.)
 * Shape:     [n, ...] → [n, product]; [n] → [n, 1]
 * @throws ArgumentError for an argument
 * @example new Sequential([new Flatten(), new Dense(10)])
 */
export class Flatten extends Layer<typeof FLATTEN> {
  static override readonly declaration = FLATTEN;

  constructor() {
    super(arguments.length);
  }

  protected override resultShape(inputShape: Shape): Shape {
    return inputShape.length === 0 ? [1, 1] : [inputShape[0], sizeOf(inputShape.slice(1))];
  }

  protected override resultType(dtype: DType): DType {
    return dtype;
  }

  forward(x: Tensor): Tensor {
    checkTensor("Flatten", "x", x);
    return x.reshape(this.resultShape(x.shape));
  }
}
