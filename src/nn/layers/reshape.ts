import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import type { DType } from "../../memory/views.js";
import { checkTensor } from "../../ops/operands.js";
import { declare } from "../../options/declare.js";
import { type OptionSpec, option } from "../../options/option.js";
import { MAX_RANK, type Shape, sizeOf } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Layer } from "../layer.js";
import { extentsText } from "../options.js";

const RESHAPE = declare(
  "Reshape",
  {},
  {
    shape: option<Shape, OptionSpec<Shape> & { required: true }>("an array of whole numbers ≥ 1, of which one may be −1", isTarget, {
      required: true,
      show: extentsText,
      mend: (value) => (Array.isArray(value) ? undefined : "Write new Reshape([1, 28, 28])."),
    }),
  },
);

/**
 * Each sample under another shape; nothing is copied.
 * Shape:     [n, ...] → [n, ...shape]
 * @param shape extents of a sample, without the batch; one may be −1 and is inferred
 * @throws ArgumentError for other extents; at forward ShapeError if the sizes differ
 * @example new Sequential([new Reshape([1, 28, 28])])
 */
export class Reshape extends Layer<typeof RESHAPE> {
  static override readonly declaration = RESHAPE;
  readonly shape: Shape = [...this.settings.shape];

  constructor(shape: Shape) {
    super(arguments.length, shape);
  }

  protected override resultShape(inputShape: Shape): Shape {
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

  protected override resultType(dtype: DType): DType {
    return dtype;
  }

  forward(x: Tensor): Tensor {
    checkTensor("Reshape", "x", x);
    return x.reshape(this.resultShape(x.shape));
  }
}

function isTarget(value: unknown): boolean {
  if (!Array.isArray(value) || value.length >= MAX_RANK) return false;
  const isExtent = (extent: unknown): boolean => Number.isSafeInteger(extent) && ((extent as number) >= 1 || extent === -1);
  return value.every(isExtent) && value.filter((extent) => extent === -1).length <= 1;
}
