import { declare, type OptionsOf } from "../../options/declare.js";
import { flag } from "../../options/kinds.js";
import { logitsBehindA } from "../logits.js";
import { CLASSES } from "./classes.js";
import { defineLoss, type LossFunction } from "./define.js";
import { IGNORED, readDistribution } from "./labels.js";
import { REDUCTION, reduced } from "./reduction.js";

const EARTH_MOVER = declare("earthMover", {
  ...REDUCTION,
  ...IGNORED,
  /** Whether the prediction is logits (true) or probabilities (false). Default: logits, unless it is the output of a softmax. */
  fromLogits: flag({ aka: ["logits"] }),
});

/** Options of `earthMover`. */
export interface EarthMoverOptions extends OptionsOf<typeof EARTH_MOVER> {}

/**
 * Squared earth-mover's distance of classes that stand in an order, such as ages or marks: Σ_c (P_c − Q_c)², with P and Q the cumulative
 * sums of p = softmax(x) and of the target q. A wrong class costs the more the farther it is from the right one. Hou, Yu and Samaras,
 * arXiv 1611.05916.
 * Shape:     logits [n, C, d₁, …] (or [C]); labels [n, d₁, …] (or []) or probabilities like the logits → [], or the labels' shape
 *            for reduction "none"
 * Gradient:  by the formula; none for the target
 * @param target labels 0 … C − 1 or ignoreIndex: int32, uint8, or floats that are whole; or float probabilities
 * @param options.ignoreIndex the label that counts for nothing, default −100
 * @param options.fromLogits whether the prediction is logits (true) or probabilities (false); default: logits, unless it is the output
 *   of a softmax
 * @param options.reduction "mean" over the labels that count (default), "sum" or "none"
 * @throws ShapeError naming both shapes: losses never broadcast; DTypeError, IndexError for a label outside its range, ArgumentError
 * @example earthMover(tensor([[9, 0, 0], [0, 9, 0]]), tensor([2, 2]))   // 1.4996
 */
export const earthMover: LossFunction<EarthMoverOptions> = defineLoss(EARTH_MOVER, {
  aka: ["squaredEarthMover", "earthMoversDistance", "emd", "squaredEmd", "EMDLoss", "wasserstein"],
  targets: CLASSES,
  logits: logitsBehindA("softmax"),
  compute: (x, target, { reduction, ignoreIndex }) => {
    const { q, counted } = readDistribution(x, target, { op: EARTH_MOVER.op, ignoreIndex });
    const losses = x.softmax().sub(q).cumsum(1).square().sum(1).mul(counted);
    return reduction === "mean" ? losses.sum().div(counted.sum()) : reduced(losses, reduction);
  },
});
