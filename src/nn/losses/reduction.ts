import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import type { Reduction } from "../../ops/crossEntropy.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { choice } from "../../options/kinds.js";
import { broadcastShapes, sameShape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";

/** The option that all losses have. */
export const REDUCTION = {
  /** "mean" over all elements, their "sum", or "none": each element's loss. Default "mean". */
  reduction: choice(["mean", "sum", "none"], { default: "mean" }),
};

const LOSS = declare("loss", REDUCTION);

/** What all losses take. */
export interface LossOptions extends OptionsOf<typeof LOSS> {}

/** One number of a loss of every element, or all of them. */
export function reduced(losses: Tensor, reduction: Reduction): Tensor {
  if (reduction === "none") return losses;
  return reduction === "mean" ? losses.mean() : losses.sum();
}

/** A weight of elements, which may broadcast to them but not beyond. @throws ShapeError */
export function weightOf(op: string, name: string, weight: Tensor, like: Tensor): Tensor {
  const shape = weight.rank > like.rank ? null : broadcastShapes(op, weight.shape, like.shape);
  if (shape === null || !sameShape(shape, like.shape)) {
    throw new ShapeError(
      message(op, `${name} ${shapeText(weight.shape)} does not broadcast to the prediction's shape ${shapeText(like.shape)}`),
    );
  }
  return weight.cast(like.dtype);
}
