import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { floating } from "../../ops/operands.js";
import { type Shape, sameShape } from "../../tensor/shape.js";
import type { Targets } from "./define.js";

/**
 * Targets that are values: prediction and target have one shape. A loss never broadcasts, because [n] against [n, 1] would silently
 * compare everything with everything.
 */
export const VALUES: Targets = {
  kind: "values",
  operands: (op, prediction, target, logits) => {
    if (!sameShape(prediction.shape, target.shape)) {
      const shapes = `prediction ${shapeText(prediction.shape)} and target ${shapeText(target.shape)}`;
      throw new ShapeError(message(op, `${shapes} differ in shape; a loss never broadcasts`, mend(prediction.shape, target.shape)));
    }
    const given = floating(prediction);
    return { x: logits(given, -1), y: target.cast(given.dtype), shape: null };
  },
};

/** How to bring two shapes together, where one has an axis of extent 1 more. */
function mend(prediction: Shape, target: Shape): string {
  const ofTarget = axisTooMany(target, prediction);
  if (ofTarget >= 0) return `Use target.squeeze(${ofTarget}).`;
  const ofPrediction = axisTooMany(prediction, target);
  return ofPrediction >= 0 ? `Use prediction.squeeze(${ofPrediction}).` : "Bring both to one shape with reshape.";
}

/** The axis of extent 1 that the longer shape has beside those of the shorter one; −1 if that is not the difference. */
function axisTooMany(longer: Shape, shorter: Shape): number {
  if (longer.length !== shorter.length + 1) return -1;
  return longer.findIndex((extent, i) => extent === 1 && sameShape([...longer.slice(0, i), ...longer.slice(i + 1)], shorter));
}
