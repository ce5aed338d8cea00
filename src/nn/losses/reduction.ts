import { ArgumentError, ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import type { Reduction } from "../../ops/crossEntropy.js";
import { checkTensor, floating } from "../../ops/operands.js";
import { broadcastShapes, type Shape, sameShape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";

/** What all losses take. */
export interface LossOptions {
  /** Mean over all elements, their sum, or all of them. Default "mean". */
  reduction?: Reduction;
}

const REDUCTIONS: readonly unknown[] = ["mean", "sum", "none"];

/** One number of a loss of every element, or all of them. */
export function reduced(losses: Tensor, reduction: Reduction = "mean"): Tensor {
  if (reduction === "none") return losses;
  return reduction === "mean" ? losses.mean() : losses.sum();
}

/**
 * Prediction and target in floating point and of one shape: a loss never broadcasts, because [n] against [n, 1] would silently
 * compare everything with everything.
 * @throws ShapeError naming both, ArgumentError for an unknown reduction
 */
export function paired(op: string, prediction: Tensor, target: Tensor, reduction: Reduction | undefined): [Tensor, Tensor] {
  checkTensor(op, "prediction", prediction);
  checkTensor(op, "target", target);
  checkReduction(op, reduction);
  if (!sameShape(prediction.shape, target.shape)) {
    const shapes = `prediction ${shapeText(prediction.shape)} and target ${shapeText(target.shape)}`;
    throw new ShapeError(message(op, `${shapes} differ in shape; a loss never broadcasts`, mend(prediction.shape, target.shape)));
  }
  const x = floating(prediction);
  return [x, target.cast(x.dtype)];
}

/** @throws ArgumentError */
export function checkReduction(op: string, reduction: Reduction | undefined): void {
  if (reduction === undefined || REDUCTIONS.includes(reduction)) return;
  throw new ArgumentError(message(op, `reduction is ${JSON.stringify(reduction)}; expected "mean", "sum" or "none"`));
}

/** A weight of elements, which may broadcast to them but not beyond. @throws ShapeError */
export function weightOf(op: string, name: string, weight: Tensor, like: Tensor): Tensor {
  checkTensor(op, name, weight);
  const shape = weight.rank > like.rank ? null : broadcastShapes(op, weight.shape, like.shape);
  if (shape === null || !sameShape(shape, like.shape)) {
    throw new ShapeError(
      message(op, `${name} ${shapeText(weight.shape)} does not broadcast to the prediction's shape ${shapeText(like.shape)}`),
    );
  }
  return weight.cast(like.dtype);
}

/** How to bring two shapes together, where one has an axis of extent 1 more. */
function mend(prediction: Shape, target: Shape): string {
  const extra = (longer: Shape, shorter: Shape): number =>
    longer.length === shorter.length + 1
      ? longer.findIndex((extent, i) => extent === 1 && sameShape([...longer.slice(0, i), ...longer.slice(i + 1)], shorter))
      : -1;
  const ofTarget = extra(target, prediction);
  if (ofTarget >= 0) return `Use target.squeeze(${ofTarget}).`;
  const ofPrediction = extra(prediction, target);
  return ofPrediction >= 0 ? `Use prediction.squeeze(${ofPrediction}).` : "Bring both to one shape with reshape.";
}
