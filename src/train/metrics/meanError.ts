import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { checkArity } from "../../options/arity.js";
import { sameShape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { alignTarget } from "../align.js";
import { MeanMetric } from "./metric.js";

/**
 * Mean squared error: the mean over samples of the mean over each one's elements.
 * Shape:     prediction and target of one shape, or a list [n] beside a column [n, 1]
 * @throws ShapeError at update
 * @example
 * const metric = new MSE();
 * metric.update(tensor([1, 2]), tensor([1, 4]));
 * metric.result();   // 2
 */
export class MSE extends MeanMetric {
  static readonly aka = ["meanSquaredError"];
  readonly name = "mse";

  constructor() {
    super();
    checkArity("mse", arguments.length, 0);
  }

  protected values(prediction: Tensor, target: Tensor): ArrayLike<number> {
    return differences(this.name, prediction, target, (d) => d * d);
  }
}

/**
 * Mean absolute error: the mean over samples of the mean over each one's elements.
 * Shape:     prediction and target of one shape, or a list [n] beside a column [n, 1]
 * @throws ShapeError at update
 * @example
 * const metric = new MAE();
 * metric.update(tensor([1, 2]), tensor([1, 4]));
 * metric.result();   // 1
 */
export class MAE extends MeanMetric {
  static readonly aka = ["meanAbsoluteError"];
  readonly name = "mae";

  constructor() {
    super();
    checkArity("mae", arguments.length, 0);
  }

  protected values(prediction: Tensor, target: Tensor): ArrayLike<number> {
    return differences(this.name, prediction, target, (d) => (d < 0 ? -d : d));
  }
}

/** Mean over each sample's elements of f(prediction − target, target). */
export function differences(
  op: string,
  prediction: Tensor,
  target: Tensor,
  f: (difference: number, target: number) => number,
): ArrayLike<number> {
  const [p, t] = aligned(op, prediction, target);
  const n = prediction.shape[0] ?? 1;
  const width = p.length / n;
  const means = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = i * width; j < (i + 1) * width; j++) sum += f(p[j] - t[j], t[j]);
    means[i] = sum / width;
  }
  return means;
}

/** The elements of prediction and target, side by side. @throws ShapeError */
export function aligned(op: string, prediction: Tensor, target: Tensor): [ArrayLike<number>, ArrayLike<number>] {
  const beside = alignTarget(prediction, target);
  if (sameShape(prediction.shape, beside.shape)) return [prediction.view(), beside.view()];
  const shapes = `prediction ${shapeText(prediction.shape)} and target ${shapeText(target.shape)}`;
  throw new ShapeError(message(op, `${shapes} differ in shape; a metric never broadcasts`, "Bring both to one shape with reshape."));
}
