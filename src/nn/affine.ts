import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { affine as product } from "../ops/affine.js";
import type { Epilogue } from "../ops/epilogue.js";
import { checkTensor, floating, promoted } from "../ops/operands.js";
import { type Shape, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";

/** act(x · weightᵀ + bias) over the last axis of x. */
export function affine(op: string, x: Tensor, weight: Tensor, bias: Tensor | null, epilogue: Epilogue | null = null): Tensor {
  checkTensor(op, "x", x);
  affineShape(op, x.shape, weight.shape);
  const [input, w] = promoted(op, floating(x), weight);
  return product(input, w, bias === null ? null : bias.cast(w.dtype), epilogue);
}

/** The shape of the result of `affine`. @throws ShapeError naming both shapes */
export function affineShape(op: string, shape: Shape, [outFeatures, inFeatures]: Shape): Shape {
  if (shape.length > 0 && shape[shape.length - 1] === inFeatures) return [...shape.slice(0, -1), outFeatures];
  const whole = shape.length > 2 && sizeOf(shape.slice(1)) === inFeatures;
  throw new ShapeError(
    message(
      op,
      `x ${shapeText(shape)} does not fit weight ${shapeText([outFeatures, inFeatures])}, stored [out, in]; expected ${inFeatures} as x's last extent`,
      whole ? "Put a Flatten before it, or use x.flatten(1)." : undefined,
    ),
  );
}
